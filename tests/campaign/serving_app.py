"""A small WSGI application for `test_serving`: says how long a body it got, after so many seconds."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import django

from campaign import serving

django.setup()
serving.SECONDS_TO_SEND = int(os.environ["SECONDS_TO_SEND"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    answer = str(len(environ["wsgi.input"].read())).encode()
    time.sleep(float(environ["QUERY_STRING"] or 0))
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))])
    return [answer]
