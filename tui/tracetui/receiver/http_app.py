"""OTLP over HTTP as an ASGI application: every check before the body, every bound while it comes.

Source: OTLP 1.x specification, "OTLP/HTTP".
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

from tracetui.receiver.access import Access
from tracetui.receiver.answers import CONTENT_TYPES, Answer, accepted, refused
from tracetui.receiver.bodies import SIGNALS, Content, Signal
from tracetui.receiver.intake import Encoding, Held, Intake
from tracetui.receiver.options import Limits
from tracetui.receiver.refusals import (
    NOT_FOUND,
    UNIMPLEMENTED,
    Refusal,
    busy,
    malformed,
    too_large,
    too_slow,
)
from tracetui.receiver.unpacking import unpacker

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_PATHS = {f"/v1/{signal.name}": signal for signal in SIGNALS.values()}
_VERSIONS = ("1.0", "1.1")
WRONG_PROTOCOL = "This is no HTTP/1.1 request. gRPC has a port of its own, 4317 by default."
_DRAINED_BYTES = 4 << 20
_DRAINED_SECONDS = 1.0


class _Gone(Exception):  # noqa: N818 - nobody is told
    """The sender has gone in the middle of its request."""


class HttpApp:
    """Answers requests; one for all connections, on one event loop.

    Args:
        intake: Takes what is sent.
        access: Says who may send.
        limits: What a request may take.
        threads: Where requests are read and written, so that the loop stays quick.
    """

    def __init__(self, intake: Intake, access: Access, limits: Limits, threads: Executor) -> None:
        self._intake, self._access = intake, access
        self._limits, self._threads = limits, threads

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = _Headers(scope["headers"])
        incoming = _Incoming(receive)
        encoding = _encoding(headers)
        try:
            signal = self._check(scope, headers)
            content = await self._take(signal, encoding, headers, incoming)
        except _Gone:
            self._intake.counter.refuse("cut off")
            return
        except Refusal as refusal:
            self._intake.refuse(refusal)
            if refusal.status != 408 and headers.get("expect") is None:
                await incoming.drain()
            await _send(send, refused(refusal, encoding or "json"))
            return
        await _send(send, accepted(signal, encoding or "json", content))

    def _check(self, scope: Message, headers: "_Headers") -> Signal:
        """Return what is sent, if it may be."""
        if scope["http_version"] not in _VERSIONS:
            raise malformed(WRONG_PROTOCOL)
        self._access.check(
            host=headers.get("host") or "",
            origin=headers.get("origin"),
            authorization=headers.get("authorization"),
        )
        signal = _PATHS.get(scope["path"].rstrip("/"))
        if signal is None:
            message = f"nothing is here; OTLP goes to {', '.join(_PATHS)}"
            raise Refusal("unknown path", message, status=404, code=NOT_FOUND)
        if scope["method"] != "POST":
            message = f"{scope['path']} takes POST alone"
            raise Refusal("wrong method", message, status=405, code=UNIMPLEMENTED)
        if _encoding(headers) is None:
            message = f"the content type has to be {' or '.join(CONTENT_TYPES)}"
            raise Refusal("wrong content type", message, status=415)
        length = headers.get("content-length")
        if length is not None and length.isdigit() and int(length) > self._limits.body_bytes:
            raise too_large(self._limits.body_bytes)
        return signal

    async def _take(
        self, signal: Signal, encoding: Encoding | None, headers: "_Headers", incoming: "_Incoming"
    ) -> Content:
        with self._intake.holding() as held:
            body = await self._body(headers, held, incoming)
            loop = asyncio.get_running_loop()
            work = (self._intake.accept, signal, encoding or "json", body)
            try:
                reading = loop.run_in_executor(self._threads, *work)
            except RuntimeError:
                raise busy("the receiver is ending") from None
            # What is being written is counted and answered even if the sender has gone.
            return await asyncio.shield(reading)

    async def _body(self, headers: "_Headers", held: Held, incoming: "_Incoming") -> bytes:
        """Read and unpack the body, as far as the limits go."""
        limit = self._limits.body_bytes
        unpacking = unpacker(headers.get("content-encoding") or "", limit)
        body, came = bytearray(), 0
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                while incoming.more:
                    piece = await incoming.piece()
                    came += len(piece)
                    unpacked = unpacking.feed(piece)
                    if max(came, len(body) + len(unpacked)) > limit:
                        raise too_large(limit)
                    held.add(len(unpacked))
                    body += unpacked
        except TimeoutError:
            raise too_slow() from None
        unpacking.end()
        return bytes(body)


class _Incoming:
    """The pieces of a body."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.more = True

    async def piece(self) -> bytes:
        """Return the next piece.

        Raises:
            _Gone: If the sender has gone.
        """
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.more = False
            raise _Gone
        self.more = message.get("more_body", False)
        return message.get("body", b"")

    async def drain(self) -> None:
        """Read a little more of what is refused: who still sends does not see the answer."""
        read = 0
        with suppress(TimeoutError, _Gone):
            async with asyncio.timeout(_DRAINED_SECONDS):
                while self.more and read < _DRAINED_BYTES:
                    read += len(await self.piece())


class _Headers:
    """A request's headers; of one that is sent twice, the first."""

    def __init__(self, sent: list[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in sent:
            self._values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def get(self, name: str) -> str | None:
        return self._values.get(name)


def _encoding(headers: _Headers) -> Encoding | None:
    """Return how a request is encoded; None if that is neither protobuf nor JSON."""
    return CONTENT_TYPES.get((headers.get("content-type") or "").partition(";")[0].strip().lower())


async def _send(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
