"""What the masthead and the footer lead to; a desk is shown to those who work at it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A place to go to: its words, the name of its address, and the role it is for (empty: everybody)."""

    label: str | Promise
    view_name: str
    role: str = ""

    @property
    def url(self) -> str:
        return reverse(self.view_name)


PUBLIC_PLACES = (
    Place(_("Campaign"), "campaign:home"),
    Place(_("Cases"), "cases:case_list"),
    Place(_("Statements"), "petitions:statement_list"),
    Place(_("Sent and answered"), "mandates:sent_letters"),
)
DESKS = (
    Place(_("Moderation"), "petitions:moderation_queue", "moderator"),
    Place(_("Signatures on paper"), "petitions:paper_desk", "moderator"),
    Place(_("Handing over"), "petitions:dossier_desk", "moderator"),
    Place(_("Watch list"), "petitions:watch_list", "moderator"),
    Place(_("Case desk"), "cases:case_desk", "case_editor"),
    Place(_("Statement desk"), "petitions:statement_desk", "case_editor"),
    Place(_("News desk"), "petitions:update_desk", "case_editor"),
    Place(_("Letter desk"), "mandates:letter_desk", "letter_author"),
    Place(_("Identity checks"), "accounts:verification_queue", "verifier"),
    Place(_("Sealed names"), "petitions:sealed_names", "verifier"),
)
FOOTER_PLACES = (
    Place(_("How this site works"), "campaign:about"),
    Place(_("How we verify"), "accounts:how_we_verify"),
    Place(_("Your privacy"), "campaign:privacy"),
    Place(_("Accessibility"), "campaign:accessibility"),
    Place(_("UN mandates and addresses"), "mandates:directory"),
    Place(_("Check the counts"), "petitions:log"),
)


class Navigation:
    """The places of one request, worked out only if a template asks, so that pages without a masthead cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def public(self) -> list[dict[str, object]]:
        return list(self._drawn(PUBLIC_PLACES))

    @property
    def desks(self) -> list[dict[str, object]]:
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return list(self._drawn(place for place in DESKS if user.has_role(place.role)))

    @property
    def footer(self) -> list[dict[str, object]]:
        return list(self._drawn(FOOTER_PLACES))

    def _drawn(self, places: Iterable[Place]) -> Iterator[dict[str, object]]:
        path = self._request.path
        for place in places:
            yield {"label": place.label, "url": place.url, "is_current": place.url == path}
