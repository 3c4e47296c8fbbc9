"""Two people at once: whatever order their clicks arrive in, the promise holds."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from cases.actions.consents import withdraw_consent
from cases.actions.publication import publish_case
from cases.errors import CaseRuleError
from cases.models import Case, CaseDecision
from tests.accounts.factories import UserFactory
from tests.cases.factories import NOW, CaseFactory, ConsentFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*clicks: Callable[[], object]) -> list[str]:
    """Run every click in its own thread and connection; the names of what was refused."""
    barrier, refused = Barrier(len(clicks)), []

    def run(click: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            click()
        except CaseRuleError as error:
            refused.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[click]) for click in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


def test_two_publishers_at_once_publish_once() -> None:
    case = CaseFactory.complete(state="in_review", submitted_at=NOW)
    second, third = UserFactory.with_role("case_editor"), UserFactory.with_role("case_editor")
    refused = at_once(
        lambda: publish_case(case=case, read=NOW, by=second, now=NOW),
        lambda: publish_case(case=case, read=NOW, by=third, now=NOW),
    )
    assert refused == ["WrongStateError"]
    assert CaseDecision.objects.filter(kind="published").count() == 1


def test_publishing_and_withdrawing_at_once_leaves_nothing_public() -> None:
    case = CaseFactory.complete(state="in_review", submitted_at=NOW, publication_basis="consent", publication_note="")
    consent = ConsentFactory.create(case=case, may_publish=True)
    second = UserFactory.with_role("case_editor")
    at_once(
        lambda: publish_case(case=case, read=NOW, by=second, now=NOW),
        lambda: withdraw_consent(consent=consent, note="-", by=consent.recorded_by, now=NOW),
    )
    assert not Case.objects.published().exists()
