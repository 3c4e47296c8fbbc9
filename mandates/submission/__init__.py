"""The letter as it will leave: subject and plain text for each addressee, in the order the procedures ask for."""

from mandates.submission.rendering import Submission, fingerprint, render_submissions

__all__ = ["Submission", "fingerprint", "render_submissions"]
