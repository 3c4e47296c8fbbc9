"""allauth's forms in the words of this site: no placeholders that repeat labels, digits of any script in codes."""

import unicodedata
from typing import Any, ClassVar

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "password": _("Password"),
    "password1": _("Password"),
    "password2": _("The same password again"),
    "oldpassword": _("Your password until now"),
    "remember": _("Keep me signed in on this device"),
    "code": _("Code"),
}
_NEW_PASSWORD_HELP = _("At least 12 characters. Four words that only you would put together are easy to keep in mind.")


class PlainFields:
    """Mixin: our labels and help, and fields for addresses, passwords and codes that read left to right."""

    labels: ClassVar[dict[str, Any]] = {}
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = {**_LABELS, **self.labels}.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["dir"] = "ltr"
            if name == "password1":
                field.help_text = _NEW_PASSWORD_HELP


class CodeField(PlainFields):
    """Mixin: a code may be typed in the digits of any script, with spaces or hyphens."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(inputmode="numeric", autocapitalize="none", spellcheck="false")

    def clean_code(self) -> Any:
        self.cleaned_data["code"] = to_ascii_digits(self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc]  # allauth has no types


def to_ascii_digits(code: str) -> str:
    """`code` with every decimal digit of any script as 0 to 9."""
    return "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in code)


class LoginForm(PlainFields, account_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class SignupForm(PlainFields, account_forms.SignupForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "If you have an address at your institution, use it: it can show where you belong."
        )

    def try_save(self, request: HttpRequest) -> Any:
        """As allauth does, but an address that has an account costs the same time: a password is hashed for it too."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class AddEmailForm(PlainFields, account_forms.AddEmailForm):  # type: ignore[misc]  # allauth has no types
    pass


class ChangePasswordForm(PlainFields, account_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    labels: ClassVar[dict[str, Any]] = {"password1": _("New password"), "password2": _("The new password again")}


class SetPasswordForm(PlainFields, account_forms.SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    pass


class ResetPasswordForm(PlainFields, account_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    pass


class ResetPasswordKeyForm(PlainFields, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    labels: ClassVar[dict[str, Any]] = {"password1": _("New password"), "password2": _("The new password again")}


class ReauthenticateForm(PlainFields, account_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class ConfirmEmailVerificationCodeForm(CodeField, account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # allauth has no types
    pass


class AuthenticateForm(CodeField, mfa_forms.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class MfaReauthenticateForm(CodeField, mfa_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    pass


class ActivateTOTPForm(CodeField, totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    pass
