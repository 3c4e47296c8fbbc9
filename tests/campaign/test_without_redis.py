"""S9: Redis is gone. People still sign and sign in; what limits them neither stands open nor shuts out everybody."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from django.urls import reverse
from redis.exceptions import RedisError

from accounts.models import User
from campaign.caching import QUIET_SECONDS, StayingCache
from petitions.models import Signature
from petitions.signatories import pace
from tests.campaign.factories import CampaignFactory
from tests.petitions.factories import StatementFactory
from tests.petitions.mail import last_code
from tests.petitions.signing import ADDRESS, sign

pytestmark = pytest.mark.django_db
NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def redis_is_gone(settings: Any, empty_cache: None) -> Iterator[None]:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY_THERE}}
    settings.REDIS_URL = NOBODY_THERE
    pace._own.cache_clear()
    yield
    pace._own.cache_clear()
    pace._quiet_until = StayingCache._quiet_until = 0.0


def test_redis_is_really_gone() -> None:
    with pytest.raises(RedisError):
        RedisCache(NOBODY_THERE, {}).get("anything")


def test_s9_a_signature_is_made_and_confirmed(client: Client) -> None:
    statement = StatementFactory.open()
    answer = sign(client, statement)
    assert answer.status_code == 302
    answer = client.post(answer.url, {"code": last_code(ADDRESS)})
    assert answer.status_code == 302
    assert Signature.objects.get().state == Signature.State.ACCEPTED


def test_s9_people_sign_up_and_in() -> None:
    User.objects.create_user(email="ada@people.example", password="a long word of hers")
    for name, fields in {
        "account_signup": {"email": "new@people.example", "password1": "another long word"},
        "account_login": {"login": "ada@people.example", "password": "wrong"},
        "account_reset_password": {"email": "ada@people.example"},
    }.items():
        assert Client().get(reverse(name)).status_code == 200
        assert Client().post(reverse(name), fields).status_code in {200, 302}, name
    answer = Client().post(reverse("account_login"), {"login": "ada@people.example", "password": "a long word of hers"})
    assert answer.status_code == 302


def test_s9_tries_to_sign_in_are_still_counted(client: Client) -> None:
    fields = {"login": "ada@people.example", "password": "wrong"}
    answers = [client.post(reverse("account_login"), fields).status_code for _ in range(70)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_s9_the_cache_keeps_what_it_is_given_and_redis_is_asked_again_later() -> None:
    cache.set("word", "kept")
    assert (cache.get("word"), cache.add("word", "other"), cache.get_many(["word"])) == (
        "kept",
        False,
        {"word": "kept"},
    )
    cache.delete("word")
    assert cache.get("word") is None
    assert 0 < StayingCache._quiet_until - time.monotonic() <= QUIET_SECONDS


def test_s9_pictures_are_drawn_again_each_time() -> None:
    CampaignFactory.create()
    assert Client().get(reverse("campaign:campaign_card")).status_code == 200
