"""docs/tour.md, written from the list of stops."""

from embedded.machine import ROOT
from tests.tour.stops import GROUPS, PEOPLE

IMAGES = ROOT / "docs" / "img"
PAGE = ROOT / "docs" / "tour.md"
_HEAD = """\
# A tour of the pages about signatures

Every person, name and number in these pictures is invented. `make tour` takes the pictures and writes this page from
the list in `tests/tour/stops.yaml`: English on a wide screen, Persian on a phone, from right to left. A long page is
cut at its end. `make run` shows the pages with the demonstration; `make pictures` photographs the whole walk.
"""


def compose_page() -> str:
    """The whole text of docs/tour.md."""
    parts = [_HEAD]
    for group, stops in GROUPS.items():
        parts.append(f"## {group}\n")
        for stop in stops:
            english, persian = (f"img/{stop.picture}-{language}.webp" for language in ("en", "fa"))
            parts.append(f"### {stop.title}\n{stop.says} Seen by {PEOPLE[stop.who]}.\n")
            parts.append(
                f'<p><img src="{english}" width="70%" alt="{stop.title}">'
                f' <img src="{persian}" width="22%" alt="{stop.title}, in Persian on a phone"></p>\n'
            )
    return "\n".join(parts)


def write_page() -> None:
    PAGE.write_text(compose_page(), encoding="utf-8")
