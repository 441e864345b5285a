"""Both servers over one record: all of it listens, or nothing does."""

import errno
import os
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from tracetui.receiver.access import Access, is_loopback
from tracetui.receiver.counts import Counts
from tracetui.receiver.intake import Intake
from tracetui.receiver.options import Limits, Options
from tracetui.receiver.receiver_error import ReceiverError
from tracetui.receiver.record import Record, RecordError

if TYPE_CHECKING:
    from tracetui.receiver.grpc_server import GrpcServer

_BACKLOG = 256


class Receiver:
    """Receives until it is stopped.

    Raises:
        ReceiverError: If a port is taken or the record cannot be written.
    """

    def __init__(self, options: Options, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        access = Access(options.token, remote=not is_loopback(options.host))
        with ExitStack() as undo:
            listener = _listen(options.host, options.http_port, "--http-port")
            undo.callback(listener.close)
            self.http_port: int = listener.getsockname()[1]
            try:
                record = Record(
                    options.record,
                    rotate_bytes=options.rotate_bytes,
                    free_bytes=limits.free_bytes,
                    keep_rotated=options.keep_rotated,
                )
            except RecordError as error:
                raise ReceiverError(str(error)) from error
            undo.callback(record.close)
            self._intake = Intake(record, limits.waiting_bytes)
            self._grpc = None
            self.grpc_port: int | None = None
            if options.grpc_port is not None:
                self._grpc = _grpc_server(options, self._intake, access, limits)
                self.grpc_port = self._grpc.port
            from tracetui.receiver.http_server import HttpServer  # noqa: PLC0415 - 100 ms

            self._http = HttpServer(listener, self._intake, access, limits)
            self._record = record
            undo.pop_all()

    @property
    def counts(self) -> Counts:
        """What came so far."""
        return self._intake.counter.now()

    def start(self) -> None:
        """Answer from now on."""
        self._http.start()
        if self._grpc is not None:
            self._grpc.start()

    def stop(self) -> None:
        """Take nothing more. What was answered is in the record."""
        self._http.stop()
        if self._grpc is not None:
            self._grpc.stop()
        self._record.close()


def _grpc_server(options: Options, intake: Intake, access: Access, limits: Limits) -> "GrpcServer":
    # gRPC does not say why it cannot listen: a socket does.
    port = options.grpc_port or 0
    probe = _listen(options.host, port, "--grpc-port", listening=False)
    probe.close()
    from tracetui.receiver.grpc_server import GrpcServer  # noqa: PLC0415 - 100 ms

    host = f"[{options.host}]" if ":" in options.host else options.host
    try:
        return GrpcServer(f"{host}:{port}", intake, access, limits)
    except OSError as error:
        raise ReceiverError(f"cannot listen on {host}:{port} for gRPC: {error}") from error


def _listen(host: str, port: int, option: str, *, listening: bool = True) -> socket.socket:
    """Return a socket that listens.

    Raises:
        ReceiverError: If it cannot.
    """
    what = "gRPC" if option == "--grpc-port" else "HTTP"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ReceiverError(f"{host} is no address of this machine: {error.strerror}") from error
    family, _, _, _, address = found[0]
    # Named as TCP, asyncio sends small answers at once: else each JSON answer is 40 ms late.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if listening:
            listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ReceiverError(_why_not(error, host, port, option, what)) from error
    return listener


def _why_not(error: OSError, host: str, port: int, option: str, what: str) -> str:
    more = " or --no-grpc" if option == "--grpc-port" else ""
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} ({what}) is taken, perhaps by another receiver or Collector: "
            f"end that, or give {option} another port (0: any that is free){more}"
        )
    if error.errno == errno.EACCES:
        return f"port {port} ({what}) needs more rights: give {option} one above 1023{more}"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine"
    return f"cannot listen on {host}:{port} ({what}): {os.strerror(error.errno or 0)}"
