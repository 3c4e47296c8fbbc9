"""What people are told about their own verifications, by e-mail."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from outbox.actions import queue_email


def tell(*, user: User, template: str, now: datetime, **context: Any) -> None:
    """Write to `user`, in their language, with the address of their account."""
    with translation.override(user.language):
        account_url = f"{settings.SITE_URL}{reverse('accounts:profile')}"
    queue_email(
        template=f"accounts/emails/{template}",
        to=user.email,
        context={"account_url": account_url, **context},
        language=user.language,
        now=now,
    )
