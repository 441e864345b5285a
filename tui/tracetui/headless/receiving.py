"""`tracetui receive`: in front of the app, or on its own where there is no terminal."""

# ruff: noqa: PLC0415 - servers are imported once it is sure that they are wanted

import shutil
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from tracetui_store.processes import private_directory, sweep_private_directories

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.output import say, say_lines
from tracetui.receiver.access import is_loopback, new_token
from tracetui.receiver.advice import advice, endpoint
from tracetui.receiver.options import Options
from tracetui.receiver.receiver_error import ReceiverError
from tracetui.view_models.sanitise import sanitise

TOKEN_VARIABLE = "TRACETUI_TOKEN"  # noqa: S105 - the name of a variable


def checked_token(host: str, token: str | None, *, allow_remote: bool) -> str | None:
    """Return the token that senders have to show; a new one where other machines may send.

    Raises:
        CommandError: If `host` is not this machine alone and nobody allowed that, or the token is
            one that cannot stand in a header.
    """
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise CommandError("a token is of printable ASCII characters, without spaces", USAGE)
    if is_loopback(host):
        return token or None
    if not allow_remote:
        raise CommandError(
            f"{host} can be reached from other machines: add --allow-remote if that is wanted; "
            "senders then need a token (--token, or one is made)",
            USAGE,
        )
    return token or new_token()


@contextmanager
def record_file(record: str | None) -> Generator[str]:
    """Yield the file that takes what is accepted: a private one, removed at the end, by default."""
    if record is not None:
        yield str(Path(record).expanduser().absolute())
        return
    sweep_private_directories()
    directory = private_directory()
    try:
        yield str(directory / "received.jsonl")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def run(options: Options, *, every: float, kept: bool) -> None:
    """Receive until a signal ends it; say on standard error, every so many seconds, what came.

    Args:
        options: What is asked for.
        every: Seconds between two lines, if anything came.
        kept: Whether the record stays.

    Raises:
        CommandError: If nothing can be received.
    """
    from tracetui.receiver.receiver import Receiver

    ended = threading.Event()
    try:
        receiver = Receiver(options)
    except ReceiverError as error:
        raise CommandError(str(error)) from error
    _stop_at_signals(ended)
    receiver.start()
    say_lines(advice(options, receiver.http_port, receiver.grpc_port))
    sys.stdout.flush()
    _log(f"receiving on {_where(options, receiver.http_port, receiver.grpc_port)}")
    _log(
        f"recording to {options.record}"
        if kept
        else "nothing is kept: --record FILE keeps what comes, a terminal shows it"
    )
    before = receiver.counts
    while not ended.wait(every):
        if (now := receiver.counts) != before:
            before = now
            _log_counts(now.accepted_words, now.refused_words)
    receiver.stop()
    _log("ended")
    _log_counts(receiver.counts.accepted_words, receiver.counts.refused_words)


def print_advice(lines: Iterator[str] | list[str]) -> None:
    """Print how to send, before the app takes the terminal: it is read again afterwards."""
    say_lines(lines)
    say()
    sys.stdout.flush()


def _where(options: Options, http_port: int, grpc_port: int | None) -> str:
    http = f"{endpoint(options.host, http_port)} (HTTP)"
    return http if grpc_port is None else f"{http}, {endpoint(options.host, grpc_port)} (gRPC)"


def _log_counts(accepted: str, refused: str) -> None:
    _log(f"{accepted}; refused: {refused}" if refused else accepted)


def _log(text: str) -> None:
    sys.stderr.write(f"tracetui: {sanitise(text)}\n")
    sys.stderr.flush()


def _stop_at_signals(ended: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
