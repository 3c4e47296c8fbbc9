"""The letter as it will leave: subject and plain text for each addressee, in the order the procedures ask for."""

from mandates.submission.approved import approved_submissions
from mandates.submission.rendering import Attachment, Submission, fingerprint, render_submissions

__all__ = ["Attachment", "Submission", "approved_submissions", "fingerprint", "render_submissions"]
