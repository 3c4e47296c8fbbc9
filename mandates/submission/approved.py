from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses

from mandates.models import ContactPoint, Delivery, Letter
from mandates.submission.rendering import Attachment, Submission


def approved_submissions(letter: Letter) -> list[Submission]:
    """What an approved letter said to each mandate, read from the very bytes that were approved.

    Deliveries whose bytes retention has emptied are left out. What was encrypted for its reader shows no words.
    """
    deliveries = letter.deliveries.select_related("mandate", "contact_point", "message").order_by("pk")
    return [_read(delivery, raw) for delivery in deliveries if (raw := delivery.plain or delivery.message.raw)]


def _read(delivery: Delivery, raw: bytes) -> Submission:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    return Submission(
        mandate=delivery.mandate,
        contact_point=delivery.contact_point,
        subject=str(message["Subject"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_files(message)),
        copied_to=tuple(_points(message, "Cc")),
        addressed_to=next(iter(_points(message, "To")), None),
    )


def _body(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


def _files(message: EmailMessage) -> list[Attachment]:
    files = []
    for part in message.iter_attachments() if message.is_multipart() else ():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            files.append(Attachment(part.get_filename("attachment"), part.get_content_type(), content))
    return files


def _points(message: EmailMessage, header: str) -> list[ContactPoint]:
    values = [address for _name, address in getaddresses([str(message.get(header, ""))])]
    found = {point.value: point for point in ContactPoint.objects.filter(value__in=values).order_by("pk")}
    return [found[value] for value in values if value in found]
