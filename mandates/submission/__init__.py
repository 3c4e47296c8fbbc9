"""The letter as it will leave: words, HTML and PDF for each addressee, in the order the procedures ask for."""

from mandates.submission.approved import approved_submissions
from mandates.submission.as_html import STYLE_DIGEST
from mandates.submission.online import ONLINE_FORM, Box, online_boxes, online_text
from mandates.submission.rendering import Attachment, Submission, fingerprint, render_submissions

__all__ = [
    "ONLINE_FORM",
    "STYLE_DIGEST",
    "Attachment",
    "Box",
    "Submission",
    "approved_submissions",
    "fingerprint",
    "online_boxes",
    "online_text",
    "render_submissions",
]
