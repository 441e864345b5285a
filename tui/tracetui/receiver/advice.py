"""What to set so that programs send here: environment variables, ready to copy.

Sources: the OpenTelemetry specification, "OTLP Exporter"; the documentation of the
instrumentations and agents named.
"""

from collections.abc import Sequence

from tracetui.receiver.access import is_loopback
from tracetui.receiver.options import Options

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - looked for, not listened on


def endpoint(host: str, port: int) -> str:
    """Return host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def advice(options: Options, http_port: int, grpc_port: int | None) -> Sequence[str]:
    """Return lines for a shell, with comments in between.

    Args:
        options: What the receiver was asked for.
        http_port: Where it listens for HTTP.
        grpc_port: Where it listens for gRPC; None if it does not.
    """
    host = "HOST" if options.host in _EVERYWHERE else options.host
    url = f"http://{endpoint(host, http_port)}"
    lines = [
        f"export OTEL_EXPORTER_OTLP_ENDPOINT={url}",
        "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    ]
    if grpc_port is not None:
        lines.append(f"# or: ENDPOINT=http://{endpoint(host, grpc_port)} and PROTOCOL=grpc")
    if options.token is not None:
        header = f"Authorization=Bearer%20{options.token}"
        lines.append(f'export OTEL_EXPORTER_OTLP_HEADERS="{header}"')
    if not is_loopback(options.host):
        lines.append("# What is sent is not encrypted: only across networks that you trust.")
    return [
        *lines,
        "",
        "# with prompts and answers: OpenTelemetry's GenAI instrumentations",
        "export OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true",
        "# OpenLLMetry (Traceloop)",
        f"export TRACELOOP_BASE_URL={url}",
        "# Claude Code",
        "export CLAUDE_CODE_ENABLE_TELEMETRY=1 OTEL_LOG_USER_PROMPTS=1",
        "export OTEL_LOGS_EXPORTER=otlp OTEL_METRICS_EXPORTER=otlp",
        "# OpenInference sends them by default; the Vercel AI SDK does with",
        "# experimental_telemetry: { isEnabled: true }",
    ]
