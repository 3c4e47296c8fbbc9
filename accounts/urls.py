from django.urls import path

from accounts.views import desk, profile

app_name = "accounts"

urlpatterns = [
    path("", profile.profile, name="profile"),
    path("profile/", profile.profile_edit, name="profile_edit"),
    path("check-address/", profile.address_check, name="address_check"),
    path("staff-check/", profile.check_request, name="check_request"),
    path("identities/", desk.verification_queue, name="verification_queue"),
    path("identities/<int:pk>/", desk.verification_check, name="verification_check"),
    path("identities/<int:pk>/confirm/", desk.verification_confirm, name="verification_confirm"),
    path("identities/<int:pk>/refuse/", desk.verification_refuse, name="verification_refuse"),
    path("identities/revoke/<int:pk>/", desk.verification_revoke, name="verification_revoke"),
]
