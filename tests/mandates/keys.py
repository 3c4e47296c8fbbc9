"""Keys of addresses, brought and confirmed by two people."""

from django.utils import timezone

from mandates import actions
from mandates.models import ContactKey, ContactPoint
from tests.accounts.factories import UserFactory
from tests.outbox.keys import OpenPGPKey


def bring_key(point: ContactPoint, key: OpenPGPKey, **fields: object) -> ContactKey:
    """A key of `point` that waits for a second person."""
    words = {"came_by": "website", "source": "https://un.example/key", "by": UserFactory.create(), **fields}
    return actions.add_key(contact_point=point, armored=key.public, now=timezone.now(), **words)  # type: ignore[arg-type]  # a test's own choice of words


def confirm(key: ContactKey, **fields: object) -> ContactKey:
    told = {"over": "telephone", "how": "Read out by the secretariat", "by": UserFactory.create(), **fields}
    fingerprint = str(told.pop("fingerprint", key.fingerprint))
    return actions.confirm_key(key=key, fingerprint=fingerprint, now=timezone.now(), **told)  # type: ignore[arg-type]  # a test's own choice of words


def give_key(point: ContactPoint, key: OpenPGPKey) -> ContactKey:
    """`key` is in use for `point`, as after two people."""
    return confirm(bring_key(point, key))
