"""How allauth speaks on this site."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.cryptokit import generate_user_code
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from outbox.addresses import validate_sendable

# Digits can be typed on every keyboard. Eight of them, because a code proves where an expert belongs: with three
# tries each and one new code in ten seconds, guessing all day finds one in four thousand.
CODE_LENGTH = 8


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    # Of a closed account no address is left by which to say so: it is said to everybody who is refused.
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The e-mail address or the password is wrong, or the account was closed by its owner."
        ),
    }

    def generate_email_verification_code(self) -> str:
        return str(generate_user_code(length=CODE_LENGTH, numeric=True, dashed=False))

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is written: the sender's name says who we are."""
        return str(subject)

    def clean_email(self, email: str) -> str:
        """An address that mail can be written to; else a message beside the field."""
        validate_sendable(email)
        return str(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """Remember the language in which somebody registered: we write to them in it."""
        user.language = (get_language() or "en")[:10]
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mails name no site from a table and repeat no address of the network."""
        context = {name: value for name, value in context.items() if name not in {"ip", "user_agent"}}
        super().send_mail(template_prefix, email, context)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Nobody signs in, or registers, by another site. ORCID only proves an iD: `accounts.orcid`."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """The keys of a service to sign in with; a service this site has no keys for is a page that is not there."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
