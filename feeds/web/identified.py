"""The name of a request, by which an answer, the lines that the service logs and those of a proxy are found together.

Answers from memory have none: they log nothing and cannot fail, and are what the service is asked for most.
"""

from __future__ import annotations

import re
from uuid import uuid4

from flask import Response, g, request

HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACE = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def request_id() -> str:
    """As whoever asks calls it, else a new one."""
    if "request_id" not in g:
        g.request_id = _given() or uuid4().hex
    return str(g.request_id)


def _given() -> str:
    """X-Request-ID, else the trace of traceparent (W3C Trace Context, 3.2); "" where there is none, or a wrong one."""
    given = request.headers.get(HEADER, "")
    trace = _TRACE.fullmatch(request.headers.get("traceparent", ""))
    return given if _WELL_FORMED.fullmatch(given) else trace[1] if trace else ""


def fields(status: int) -> dict[str, object]:
    """What is logged of the request beside a sentence."""
    return {"request_id": request_id(), "method": request.method, "path": request.path, "status": status}


def identified(response: Response) -> Response:
    """The answer with the name of its request; where a cache may keep it, only with a name that was given."""
    if response.cache_control.no_store or _given():
        response.headers[HEADER] = request_id()
    return response
