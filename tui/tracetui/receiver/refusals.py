"""Why a request is refused, and what OTLP says to answer then.

Source: OTLP 1.x specification, "OTLP/HTTP Response" and "OTLP/gRPC Response".
"""

# Codes of google.rpc.Status, which both transports answer with.
INVALID_ARGUMENT = 3
NOT_FOUND = 5
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
UNIMPLEMENTED = 12
UNAVAILABLE = 14
UNAUTHENTICATED = 16
DEADLINE_EXCEEDED = 4


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """A request is not accepted.

    Args:
        reason: A few words by which refusals are counted.
        message: What the sender is told.
        status: The HTTP status.
        code: The code of google.rpc.Status.
        retry_seconds: When to try again; None if that is of no use.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        status: int = 400,
        code: int = INVALID_ARGUMENT,
        retry_seconds: int | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status
        self.code = code
        self.retry_seconds = retry_seconds


def malformed(message: str) -> Refusal:
    """Return the refusal of a body that is not what it should be."""
    return Refusal("malformed", message)


def too_large(limit: int, what: str = "the body") -> Refusal:
    """Return the refusal of more bytes than are read."""
    message = f"{what} is larger than {limit:,} bytes; send smaller batches"
    return Refusal("too large", message, status=413, code=RESOURCE_EXHAUSTED)


def busy(message: str = "too much is waiting to be written") -> Refusal:
    """Return the refusal of what would be taken a little later."""
    return Refusal("busy", message, status=503, code=UNAVAILABLE, retry_seconds=1)


def no_room(message: str) -> Refusal:
    """Return the refusal of what cannot be written."""
    return Refusal("cannot be written", message, status=503, code=UNAVAILABLE, retry_seconds=30)


def too_slow() -> Refusal:
    """Return the refusal of a sender that does not come to an end."""
    message = "the request did not arrive in time"
    return Refusal("too slow", message, status=408, code=DEADLINE_EXCEEDED)
