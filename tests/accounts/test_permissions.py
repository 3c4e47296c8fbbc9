import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.models import StaffRole, User
from accounts.permissions import role_required
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


@role_required("moderator", "verifier")
def desk(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"desk {number}")


def visit(user: User | AnonymousUser) -> HttpResponse:
    request = RequestFactory().get("/desk/?page=2")
    request.user = user
    return desk(request, number=7)  # type: ignore[return-value]  # decorated


@pytest.mark.parametrize("role", ["moderator", "verifier"])
def test_role_required_lets_any_of_the_roles_in(role: str) -> None:
    assert visit(UserFactory.with_role(role)).content == b"desk 7"


def test_role_required_refuses_another_role_staff_and_superusers() -> None:
    for user in (UserFactory.with_role("case_editor"), UserFactory.create(is_staff=True, is_superuser=True)):
        with pytest.raises(PermissionDenied):
            visit(user)


def test_role_required_sends_anonymous_people_to_sign_in_and_back() -> None:
    response = visit(AnonymousUser())
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/desk/%3Fpage%3D2"


def test_role_required_without_roles_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        role_required()


def test_has_role_of_a_closed_account_is_false() -> None:
    user = UserFactory.with_role("moderator")
    assert user.has_role("moderator")
    user.is_active = False
    assert not user.has_role("moderator")


def test_has_role_asks_the_database_once() -> None:
    user = User.objects.get(pk=UserFactory.with_role("moderator").pk)
    assert user.has_role("moderator")
    StaffRole.objects.all().delete()
    assert user.has_role("moderator")
    assert not User.objects.get(pk=user.pk).has_role("moderator")
