"""Answers of OTLP/HTTP, in the encoding of the request.

Source: OTLP 1.x specification, "OTLP/HTTP Response".
"""

from typing import NamedTuple

import msgspec
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from tracetui.receiver.bodies import Content, Signal, response, response_json
from tracetui.receiver.intake import Encoding
from tracetui.receiver.refusals import Refusal

CONTENT_TYPES: dict[str, Encoding] = {
    "application/x-protobuf": "protobuf",
    "application/json": "json",
}
_TYPE_OF = {encoding: name for name, encoding in CONTENT_TYPES.items()}
Headers = list[tuple[bytes, bytes]]


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    headers: Headers
    body: bytes


def accepted(signal: Signal, encoding: Encoding, content: Content) -> Answer:
    """Return the answer to a request that was accepted, perhaps in part."""
    if encoding == "json":
        body = msgspec.json.encode(response_json(content))
    else:
        body = response(signal, content).SerializeToString()
    return Answer(200, _headers(encoding, body), body)


def refused(refusal: Refusal, encoding: Encoding) -> Answer:
    """Return the answer to a request that was refused; the connection ends with it."""
    if encoding == "json":
        body = msgspec.json.encode({"code": refusal.code, "message": refusal.message})
    else:
        body = status_of(refusal).SerializeToString()
    headers = [*_headers(encoding, body), (b"connection", b"close")]
    if refusal.retry_seconds is not None:
        headers.append((b"retry-after", str(refusal.retry_seconds).encode()))
    if refusal.status == 405:
        headers.append((b"allow", b"POST"))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    return Answer(refusal.status, headers, body)


def status_of(refusal: Refusal) -> Status:
    """Return a refusal as google.rpc.Status, which says when to try again."""
    status = Status(code=refusal.code, message=refusal.message)
    if refusal.retry_seconds is not None:
        delay = Duration(seconds=refusal.retry_seconds)
        status.details.add().Pack(RetryInfo(retry_delay=delay))
    return status


def _headers(encoding: Encoding, body: bytes) -> Headers:
    return [
        (b"content-type", _TYPE_OF[encoding].encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
