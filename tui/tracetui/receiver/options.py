"""What a receiver is asked for, and what bounds it."""

import msgspec

HTTP_PORT = 4318
GRPC_PORT = 4317
"""The ports that OTLP's specification gives them."""
LOOPBACK = "127.0.0.1"
ROTATE_BYTES = 100 << 20
"""Size at which a record is rotated: the Collector's default."""


class Options(msgspec.Struct, frozen=True):
    """What a receiver is asked for."""

    record: str
    """The file that takes what is accepted."""
    host: str = LOOPBACK
    http_port: int = HTTP_PORT
    """0 for any that is free."""
    grpc_port: int | None = GRPC_PORT
    """0 for any that is free; None for no gRPC."""
    token: str | None = None
    """What senders have to show; None asks for nothing."""
    rotate_bytes: int = ROTATE_BYTES
    keep_rotated: bool = True
    """Whether rotated parts of the record stay."""


class Limits(msgspec.Struct, frozen=True):
    """What one sender, or all together, may take."""

    body_bytes: int = 32 << 20
    """The largest HTTP body, as sent and as decompressed."""
    message_bytes: int = 16 << 20
    """The largest gRPC message: gRPC holds several in memory before anyone is asked."""
    waiting_bytes: int = 128 << 20
    """Bodies held in memory at once, over all connections."""
    connections: int = 512
    header_seconds: float = 10.0
    """How long a sender may take from connecting to the end of a request's head."""
    body_seconds: float = 30.0
    """How long it may take for the body."""
    idle_seconds: int = 60
    """How long a connection may stay open between requests."""
    free_bytes: int = 256 << 20
    """Room that is left on the disk: nothing is accepted beyond it."""
    rpcs: int = 32
    """gRPC calls at once."""
