from email import policy
from email.parser import BytesParser

from mandates.models import Delivery, Letter
from mandates.submission.rendering import Submission


def approved_submissions(letter: Letter) -> list[Submission]:
    """What an approved letter said to each mandate, read from the very bytes that were approved.

    Deliveries whose bytes retention has emptied are left out.
    """
    deliveries = letter.deliveries.select_related("mandate", "contact_point", "message").order_by("pk")
    return [_read(delivery, raw) for delivery in deliveries if (raw := delivery.plain or delivery.message.raw)]


def _read(delivery: Delivery, raw: bytes) -> Submission:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    body = message.get_body(("plain",))
    return Submission(
        mandate=delivery.mandate,
        contact_point=delivery.contact_point,
        subject=str(message["Subject"]),
        text=body.get_content().replace("\r\n", "\n") if body is not None else "",
    )
