"""What a log line must not hold."""

import logging
import re

_SECRET = re.compile(r"(/(?:link|confirm|confirm-email|key|next|stop|updates)/)[^/\s]+")


class LineWithoutSecrets(logging.Formatter):
    """A line in which the addresses we mail stand without their secrets: whoever reads the log could use them."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1[secret]", super().format(record))
