from django.urls import path

from accounts.views import desk, entrance, profile

app_name = "accounts"

urlpatterns = [
    path("", profile.profile, name="profile"),
    # Stands before allauth's `account_logout` at the same address.
    path("logout/", entrance.sign_out, name="sign_out"),
    path("profile/", profile.profile_edit, name="profile_edit"),
    path("check-address/", profile.address_check, name="address_check"),
    path("staff-check/", profile.check_request, name="check_request"),
    path("identities/", desk.verification_queue, name="verification_queue"),
    path("identities/<int:pk>/", desk.verification_check, name="verification_check"),
    path("identities/<int:pk>/confirm/", desk.verification_confirm, name="verification_confirm"),
    path("identities/<int:pk>/refuse/", desk.verification_refuse, name="verification_refuse"),
    path("identities/revoke/<int:pk>/", desk.verification_revoke, name="verification_revoke"),
]
