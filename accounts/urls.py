from django.urls import path

from accounts.views import desk, entrance, identity, orcid, profile, vouching

app_name = "accounts"

urlpatterns = [
    path("", profile.profile, name="profile"),
    # Stands before allauth's `account_logout` at the same address.
    path("logout/", entrance.sign_out, name="sign_out"),
    path("profile/", profile.profile_edit, name="profile_edit"),
    path("check-address/", profile.address_check, name="address_check"),
    path("staff-check/", profile.check_request, name="check_request"),
    path("how-we-verify/", identity.how_we_verify, name="how_we_verify"),
    path("identity/", identity.identity, name="identity"),
    path("orcid/start/", orcid.orcid_start, name="orcid_start"),
    path("orcid/callback/", orcid.orcid_callback, name="orcid_callback"),
    path("orcid/confirm/", orcid.orcid_confirm, name="orcid_confirm"),
    path("orcid/show/", orcid.orcid_show, name="orcid_show"),
    path("orcid/disconnect/", orcid.orcid_disconnect, name="orcid_disconnect"),
    path("vouch/<str:token>/", vouching.vouch, name="vouch"),
    path("vouchers/<int:pk>/withdraw/", vouching.voucher_withdraw, name="voucher_withdraw"),
    path("identities/", desk.verification_queue, name="verification_queue"),
    path("identities/<int:pk>/", desk.verification_check, name="verification_check"),
    path("identities/<int:pk>/confirm/", desk.verification_confirm, name="verification_confirm"),
    path("identities/<int:pk>/refuse/", desk.verification_refuse, name="verification_refuse"),
    path("identities/revoke/<int:pk>/", desk.verification_revoke, name="verification_revoke"),
]
