"""The HTTP server: uvicorn on a thread of its own, with bounds on connections that it lacks."""

import asyncio
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tracetui.receiver.access import Access
from tracetui.receiver.http_app import WRONG_PROTOCOL, HttpApp
from tracetui.receiver.intake import Intake
from tracetui.receiver.options import Limits

_THREADS = 2
_HEAD_BYTES = 32 << 10
_STOP_SECONDS = 3
_TOO_MANY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)


class HttpServer:
    """Serves OTLP over HTTP until it is stopped.

    Args:
        listener: A bound socket; closed at the end.
        intake: Takes what is sent.
        access: Says who may send.
        limits: What senders may take.
    """

    def __init__(
        self, listener: socket.socket, intake: Intake, access: Access, limits: Limits
    ) -> None:
        self._listener = listener
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="otlp-http")
        config = uvicorn.Config(
            HttpApp(intake, access, limits, self._threads),
            http=_protocol(limits, intake.counter.refuse),
            ws="none",
            loop="asyncio",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=limits.idle_seconds,
            timeout_graceful_shutdown=_STOP_SECONDS,
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name="otlp-http", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing more; what was begun is answered first, for some seconds."""
        self._server.should_exit = True
        self._thread.join(2 * _STOP_SECONDS)
        self._threads.shutdown(wait=True)

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))


def _protocol(limits: Limits, refuse: Callable[[str], None]) -> type[H11Protocol]:
    """Return uvicorn's protocol with a bound on connections and on the time for a head."""

    class BoundedProtocol(H11Protocol):
        """One connection."""

        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                refuse("too many connections")
                transport.write(_TOO_MANY)
                transport.close()
            else:
                self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            cycle: Any = self.cycle  # None before the first request
            if cycle is None or cycle.response_complete:
                self._wait_for_head()
            else:
                self._head_came()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_came()
            super().connection_lost(exc)

        def send_400_response(self, msg: str) -> None:
            refuse("malformed")
            super().send_400_response(WRONG_PROTOCOL if msg.startswith("Invalid") else msg)

        def _wait_for_head(self) -> None:
            if self._deadline is None:
                self._deadline = self.loop.call_later(limits.header_seconds, self._too_slow)

        def _head_came(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _too_slow(self) -> None:
            self._deadline = None
            if not self.transport.is_closing():
                refuse("too slow")
                self.transport.close()

    return BoundedProtocol
