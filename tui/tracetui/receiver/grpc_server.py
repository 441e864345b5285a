"""The gRPC server: the three collector services, by generic handlers over the request's bytes.

Source: OTLP 1.x specification, "OTLP/gRPC".
"""

from concurrent import futures
from typing import Any

import grpc

from tracetui.receiver.access import Access
from tracetui.receiver.answers import status_of
from tracetui.receiver.bodies import SIGNALS, Signal, response
from tracetui.receiver.intake import Intake
from tracetui.receiver.options import Limits
from tracetui.receiver.refusals import Refusal

_THREADS = 4
_STOP_SECONDS = 3
_CODES = {code.value[0]: code for code in grpc.StatusCode}
_SERVICES = {
    "traces": "opentelemetry.proto.collector.trace.v1.TraceService",
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
}
_DETAILS = "grpc-status-details-bin"


class GrpcServer:
    """Serves OTLP over gRPC until it is stopped.

    Args:
        address: Host and port to listen on.
        intake: Takes what is sent.
        access: Says who may send.
        limits: What senders may take.

    Raises:
        OSError: If it cannot listen there.
    """

    def __init__(self, address: str, intake: Intake, access: Access, limits: Limits) -> None:
        self._intake, self._access = intake, access
        self._server = grpc.server(
            futures.ThreadPoolExecutor(_THREADS, thread_name_prefix="otlp-grpc"),
            options=[
                # Two servers on one port would each get a part of the spans.
                ("grpc.so_reuseport", 0),
                ("grpc.max_receive_message_length", limits.message_bytes),
                ("grpc.max_metadata_size", 16 << 10),
                ("grpc.max_concurrent_streams", limits.rpcs),
                ("grpc.max_allowed_incoming_connections", limits.connections),
                ("grpc.server_handshake_timeout_ms", int(limits.header_seconds * 1000)),
                ("grpc.max_connection_idle_ms", limits.idle_seconds * 5000),
            ],
            maximum_concurrent_rpcs=limits.rpcs,
        )
        self._server.add_generic_rpc_handlers([self._service(item) for item in SIGNALS.values()])
        try:
            self.port: int = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(str(error)) from error

    def start(self) -> None:
        """Answer from now on."""
        self._server.start()

    def stop(self) -> None:
        """Take nothing more; what was begun is answered first, for some seconds."""
        self._server.stop(_STOP_SECONDS).wait()

    def _service(self, signal: Signal) -> Any:
        def export(body: bytes, context: Any) -> Any:
            return self._export(signal, body, context)

        handler = grpc.unary_unary_rpc_method_handler(
            export,
            request_deserializer=None,
            response_serializer=signal.response.SerializeToString,
        )
        return grpc.method_handlers_generic_handler(_SERVICES[signal.name], {"Export": handler})

    def _export(self, signal: Signal, body: bytes, context: Any) -> Any:
        """Answer one call."""
        metadata = dict(context.invocation_metadata())
        try:
            # There is no `Host`: browsers do not speak gRPC's HTTP/2 without encryption.
            self._access.check(
                host=None,
                origin=metadata.get("origin"),
                authorization=metadata.get("authorization"),
            )
            with self._intake.holding() as held:
                held.add(len(body))
                return response(signal, self._intake.accept(signal, "protobuf", body))
        except Refusal as refusal:
            self._intake.refuse(refusal)
            details = status_of(refusal).SerializeToString()
            context.set_trailing_metadata(((_DETAILS, details),))
            context.abort(_CODES[refusal.code], refusal.message)
