import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation

from cases.models import Source
from petitions.actions import ask_signatory
from petitions.counts.counting import count_signatures
from petitions.models import Signature, Statement
from tests.accounts.factories import UserFactory
from tests.petitions.factories import SignatureFactory, StatementFactory, draft_version
from tests.petitions.mail import last_token
from tests.petitions.signing import ADDRESS, request

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def get(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"petitions:{name}", args=args))
    assert response.status_code == 200, name
    return response.content.decode()


def all_paths(statement: Statement, signature: Signature) -> list[str]:
    """Every address of the package, filled with things that exist."""
    values = {
        "slug": statement.slug,
        "kind": "statement",
        "pk": signature.pk,
        "ticket": "t" * 43,
        "token": last_token(ADDRESS),
        "number": 1,
        "language": "en",
        "statement_id": statement.pk,
        "batch": uuid4(),
        "name": "statement.pdf",
        "public_id": "x" * 22,
        **dict.fromkeys(["day", "old", "new"], "2026-01-01"),
    }
    patterns = [pattern for pattern in get_resolver("petitions.urls").url_patterns if isinstance(pattern, URLPattern)]
    paths = []
    for pattern in patterns:
        names = re.findall(r"<\w+:(\w+)>", str(pattern.pattern))
        paths.append(reverse(f"petitions:{pattern.name}", kwargs={name: values[name] for name in names}))
    return paths


def dump() -> dict[str, list[Any]]:
    """Every row of every table but the browser's own session."""
    tables = [name for name in connection.introspection.table_names() if name != "django_session"]
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')  # noqa: S608  names from this file only
            rows[table] = cursor.fetchall()
    return rows


def test_get_and_head_of_every_address_change_no_row() -> None:
    statement = StatementFactory.open()
    request(statement)
    moderator = UserFactory.with_role("moderator")
    owner = UserFactory.create()
    signature = SignatureFactory.create(statement=statement, user=owner)
    ask_signatory(signature=signature, seen_state="pending", note="?", by=moderator, now=timezone.now())
    UserFactory.create()
    paths = all_paths(statement, signature)
    assert len(paths) >= 23
    actors = [None, owner, moderator]
    clients = []
    for actor in actors:
        client = Client()
        if actor:
            client.force_login(actor)
        clients.append(client)
    before = dump()
    for client in clients:
        for path in paths:
            for method in (client.get, client.head, client.options):
                response = method(path, headers={"purpose": "prefetch"})
                assert response.status_code in {200, 302, 403, 404, 405, 410}, path
    assert dump() == before


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_page_opens_in_both_languages(client: Client, language: str) -> None:
    statement = StatementFactory.open(goal=100)
    SignatureFactory.accepted(statement=statement)
    count_signatures()
    with translation.override(language):
        for name in ("statement_detail", "statement_sign", "statement_signatories", "signature_manage"):
            html = get(client, name, statement.slug)
            assert f'lang="{language}"' in html
            assert html.count("<h1") == 1


def test_draft_is_for_moderators(client: Client) -> None:
    statement = StatementFactory.create()
    draft_version(statement)
    url = reverse("petitions:statement_detail", args=[statement.slug])
    assert client.get(url).status_code == 404
    assert client.get(reverse("petitions:statement_sign", args=[statement.slug])).status_code == 404
    client.force_login(UserFactory.with_role("moderator"))
    assert client.get(url).status_code == 200
    assert client.get(reverse("petitions:statement_sign", args=[statement.slug])).status_code == 404


def test_reported_figure_stands_apart_with_its_source(client: Client) -> None:
    source = Source.objects.create(
        slug="report", title="A report", publisher="The Publisher", publisher_interest="speaks for one side",
        kind="ngo_report", url="https://example.org/report",
    )  # fmt: skip
    statement = StatementFactory.open(
        reported_signatories=301, reported_as_of="2025-07-23", reported_source=source, kind="expert"
    )
    SignatureFactory.accepted(statement=statement, proof="staff_check")
    count_signatures()
    html = get(client, "statement_detail", statement.slug)
    assert re.search(r"301 signatories are reported by <bdi>The Publisher</bdi> as of 23 July 2025", html)
    assert "speaks for one side" in html
    assert "not part of the count" in html
    assert re.search(r'class="tally">1<', html)
    assert "302" not in html


def test_reported_figure_names_its_source_in_the_language_of_the_page(client: Client) -> None:
    source = Source.objects.create(
        slug="report", title="A report", publisher="The Publisher", publisher_fa="ناشر ساختگی",
        publisher_interest="speaks for one side", publisher_interest_fa="سخنگوی یک طرف", kind="ngo",
    )  # fmt: skip
    statement = StatementFactory.open(
        reported_signatories=301, reported_as_of="2025-07-23", reported_source=source, source=source
    )
    pages = [f"/fa{reverse('petitions:statement_detail', args=[statement.slug])}", "/fa/statements/"]
    html = [client.get(address).content.decode() for address in pages]
    assert (html[0].count("ناشر ساختگی"), html[1].count("ناشر ساختگی")) == (2, 1)
    assert "سخنگوی یک طرف" in html[0]
    for words in ("The Publisher", "speaks for one side"):
        assert words not in "".join(html)


def test_hidden_names_and_initials_leak_nowhere(client: Client) -> None:
    statement = StatementFactory.open()
    fields = {"title": "Zealotitle", "affiliation": "Zorgplace", "comment": "Zcomment", "original_name": "Zoriginal"}
    hidden = SignatureFactory.accepted(statement=statement, name="Hiddenia Secretova", display="hidden", **fields)
    short = SignatureFactory.accepted(statement=statement, name="Initialia Shortova", display="initials", **fields)
    SignatureFactory.accepted(statement=statement, name="Openia Fullova")
    for row in (hidden, short):
        Signature.objects.filter(pk=row.pk).update(search_key="ntlshrtv")
    SignatureFactory.create(statement=statement, name="Pendingia Waitova")
    count_signatures()
    searches = "".join(
        client.get(reverse("petitions:statement_signatories", args=[statement.slug]), {"q": q}).content.decode()
        for q in ("Initialia Shortova", "Shortova", "Hiddenia", "ntlshrtv")
    )
    assert "signatory__name" not in searches
    pages = get(client, "statement_list") + "".join(
        get(client, name, statement.slug)
        for name in ("statement_detail", "statement_signatories", "statement_sign", "signature_manage")
    )
    for secret in ("Hiddenia", "Secretova", "Zealotitle", "Zorgplace", "Zcomment", "Zoriginal", "Waitova"):
        assert secret not in pages, secret
    listed = get(client, "statement_signatories", statement.slug)
    assert "I. S." in listed
    assert "Shortova" not in listed
    assert "Openia Fullova" in listed
    assert "1 more person has signed and asked" in listed


def test_search_finds_a_name_in_another_script(client: Client) -> None:
    from text.names import search_key

    statement = StatementFactory.open()
    SignatureFactory.accepted(statement=statement, name="محسن شکاری", search_key=search_key("محسن شکاری"))
    SignatureFactory.accepted(statement=statement, name="Other Person", search_key=search_key("Other Person"))
    html = client.get(reverse("petitions:statement_signatories", args=[statement.slug]), {"q": "Shekari"})
    assert "محسن شکاری" in html.content.decode()
    assert "Other Person" not in html.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²"])
def test_any_page_number_is_answered(client: Client, page: str) -> None:
    statement = StatementFactory.open()
    response = client.get(reverse("petitions:statement_signatories", args=[statement.slug]), {"page": page})
    assert response.status_code == 200


@pytest.mark.parametrize("query", ["\x00", "%", "'; --", "\ud800".encode("utf-8", "surrogatepass"), "ا" * 500, "_" * 9])
def test_any_search_is_answered(client: Client, query: Any) -> None:
    statement = StatementFactory.open()
    response = client.get(reverse("petitions:statement_signatories", args=[statement.slug]), {"q": query})
    assert response.status_code == 200


def test_list_is_not_for_search_engines(client: Client) -> None:
    statement = StatementFactory.open()
    response = client.get(reverse("petitions:statement_signatories", args=[statement.slug]))
    assert response["X-Robots-Tag"] == "noindex"


def test_names_and_comments_are_escaped_everywhere(client: Client) -> None:
    statement = StatementFactory.open()
    row = SignatureFactory.accepted(
        statement=statement, name=EVIL[:100], comment=EVIL, title=EVIL, affiliation=EVIL, original_name=EVIL
    )
    waiting = SignatureFactory.create(
        statement=statement,
        name=EVIL,
        comment=EVIL,
        title=EVIL,
        affiliation=EVIL,
        field=EVIL,
        user=UserFactory.create(),
    )
    count_signatures()
    moderator = UserFactory.with_role("moderator")
    ask_signatory(signature=waiting, seen_state="pending", note=EVIL, by=moderator, now=timezone.now())
    staff, owner = Client(), Client()
    staff.force_login(moderator)
    assert waiting.user
    owner.force_login(waiting.user)
    pages = [
        get(client, "statement_detail", statement.slug),
        get(client, "statement_signatories", statement.slug),
        get(staff, "moderation_queue"),
        get(staff, "signature_review", waiting.pk),
        get(staff, "signature_review", row.pk),
        get(owner, "my_signatures"),
        get(owner, "signature_receipt", waiting.pk),
        get(owner, "signature_thanks", waiting.pk),
    ]
    for html in pages:
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'style="' not in html
        assert " onclick" not in html
    assert "&lt;script&gt;alert" in pages[1]


def test_markdown_of_the_text_is_rendered_in_its_language(client: Client) -> None:
    statement = StatementFactory.open()
    assert "<strong>Now.</strong>" in get(client, "statement_detail", statement.slug)
    with translation.override("fa"):
        html = get(client, "statement_detail", statement.slug)
    assert "ما می‌خواهیم" in html


def test_garbage_in_the_form_is_never_a_500(client: Client) -> None:
    statement = StatementFactory.open()
    url = reverse("petitions:statement_sign", args=[statement.slug])
    for junk in ("\x00", "\u202e", "😀" * 200, "a\nb\rc", "%00", "\ufeff", "ﷺ" * 130, "\u0300" * 50):
        fields = ("name", "email", "country", "comment", "display", "fingerprint", "wants_updates")
        assert client.post(url, dict.fromkeys(fields, junk)).status_code == 422
    assert client.post(url, {}).status_code == 422
    for path in ("confirm/x/", "link/x/", f"link/{'%00' * 3}/", "confirm/%F0%9F%98%80/"):
        assert client.get(f"/statements/{path}").status_code in {404, 410}


def test_odd_addresses_are_never_a_500(client: Client) -> None:
    statement, big = StatementFactory.open(), "9" * 30
    staff = Client()
    staff.force_login(UserFactory.with_role("moderator"))
    for path in (
        f"signatures/{big}/",
        f"{statement.slug}/text/{big}/en.txt",
        f"moderation/{big}/",
        f"moderation/?page={big}",
        "%00/",
        "link/%00/",
        f"{'a' * 3000}/",
        f"moderation/{big}/accept/",
        f"moderation/decisions/{big}/undo/",
    ):
        for actor in (client, staff):
            assert actor.get(f"/statements/{path}").status_code < 500, path
            assert actor.post(f"/statements/{path}").status_code < 500, path


def test_letter_of_organisations_shows_no_empty_list_of_people(client: Client) -> None:
    statement = StatementFactory.open(kind=Statement.Kind.ORGANISATIONS)
    SignatureFactory.accepted(statement=statement, signs_as="organisation", organisation="Society of Invented Jurists")
    page = get(client, "statement_signatories", statement.slug)
    assert "Society of Invented Jurists" in page
    assert "Individuals" not in page
    assert "Nobody is on the list yet" not in page
