"""OTLP over gRPC: what is answered, and what hostile senders get."""

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from receiver.conftest import PATIENCE, in_process
from receiver.test_encoding import fill, metrics_of_every_kind, spans_some_without_ids
from tracetui.receiver.options import Limits

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


@pytest.fixture
def channel():
    opened = []

    def connect(receiver, **options):
        made = grpc.insecure_channel(f"127.0.0.1:{receiver.grpc_port}", **options)
        opened.append(made)
        return made

    yield connect
    for made in opened:
        made.close()


def raw(channel, body, **more):
    """Send bytes as they are."""
    return channel.unary_unary(EXPORT)(body, timeout=PATIENCE, wait_for_ready=True, **more)


def status_of(error):
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    return Status.FromString(details)


def test_every_signal_is_taken_and_what_was_left_out_is_told(tmp_path, channel):
    with in_process(tmp_path, grpc_port=0) as receiver:
        connected = channel(receiver, compression=grpc.Compression.Gzip)
        told = TraceServiceStub(connected).Export(spans_some_without_ids(), timeout=PATIENCE)
        assert told.partial_success.rejected_spans == 3
        logs = fill(ExportLogsServiceRequest())
        assert not LogsServiceStub(connected).Export(logs).HasField("partial_success")
        MetricsServiceStub(connected).Export(metrics_of_every_kind())
        MetricsServiceStub(connected).Export(ExportMetricsServiceRequest())
        counts = receiver.counts
        assert (counts.spans, counts.logs, counts.points, counts.requests) == (1, 1, 5, 4)
        assert counts.refused_spans == {"no trace or span id": 3}
    assert len((tmp_path / "record.jsonl").read_bytes().splitlines()) == 3


def test_what_is_refused_is_told_why_and_counted(tmp_path, channel):
    limits = Limits(message_bytes=64 << 10)
    with in_process(tmp_path, limits, grpc_port=0, token="secret") as receiver:
        connected = channel(receiver)
        shown = (("authorization", "Bearer secret"),)
        good = spans_some_without_ids().SerializeToString()

        def code(body, metadata=shown, **more):
            with pytest.raises(grpc.RpcError) as refused:
                raw(connected, body, metadata=metadata, **more)
            return refused.value.code()

        assert code(b"\xff\xff") is grpc.StatusCode.INVALID_ARGUMENT
        assert code(good, ()) is grpc.StatusCode.UNAUTHENTICATED
        assert code(good, (("authorization", "secret"),)) is grpc.StatusCode.UNAUTHENTICATED
        page = (*shown, ("origin", "http://localhost"))
        assert code(good, page) is grpc.StatusCode.PERMISSION_DENIED
        # gRPC itself turns these away, before anything of them is read or after 64 KB.
        assert code(b"\x00" * (65 << 10)) is grpc.StatusCode.RESOURCE_EXHAUSTED
        bomb = {"compression": grpc.Compression.Gzip}
        assert code(b"\x00" * (30 << 20), **bomb) is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert raw(connected, good, metadata=shown)
        assert receiver.counts.refused == {
            "malformed": 1,
            "no or wrong token": 2,
            "from a web page": 1,
        }


def test_who_is_turned_away_for_a_while_is_told_for_how_long(tmp_path, channel):
    with in_process(tmp_path, Limits(waiting_bytes=1), grpc_port=0) as receiver:
        with pytest.raises(grpc.RpcError) as refused:
            raw(channel(receiver), ExportTraceServiceRequest().SerializeToString() + b"\x0a\x00")
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
        retry = RetryInfo()
        assert status_of(refused.value).details[0].Unpack(retry)
        assert retry.retry_delay.seconds == 1
