"""The local mailbox in the browser; its addresses exist only where MAILBOX_DIR is set."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from outbox import mailbox

PER_PAGE = 25


@never_cache
@require_safe
def mailbox_list(request: HttpRequest) -> HttpResponse:
    recipient = request.GET.get("to", "").strip()[:254]
    page = Paginator(mailbox.newest(recipient=recipient), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "mails": mailbox.read_all(list(page.object_list)), "recipient": recipient}
    return render(request, "outbox/mailbox_list.html", context)


@never_cache
@require_safe
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    mail = mailbox.read(key)
    if mail is None:
        raise Http404
    links = [{"url": url, "is_ours": url.startswith(f"{settings.SITE_URL}/")} for url in mail.links]
    return render(request, "outbox/mailbox_message.html", {"mail": mail, "links": links})
