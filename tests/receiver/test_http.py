"""OTLP over HTTP: what is answered, and what hostile senders get."""

import gzip
import json
import socket
import threading
import time
import zlib

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from otlp_files import agent_trace, request
from receiver.conftest import PATIENCE, in_process, post, program
from receiver.test_encoding import spans_some_without_ids
from tracetui.receiver.options import Limits

PROTOBUF = {"Content-Type": "application/x-protobuf"}
GOOD = request(*agent_trace(1)).encode()
SMALL = Limits(body_bytes=64 << 10, header_seconds=0.3, body_seconds=0.4, connections=8)


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with in_process(tmp_path_factory.mktemp("http"), SMALL) as found:
        yield found


@pytest.fixture
def refused(receiver):
    """Tell what was refused since the test began, by reason."""
    before = receiver.counts.refused

    def since(*, at_least=1):
        ends = time.monotonic() + PATIENCE
        while True:
            found = {
                reason: number - before.get(reason, 0)
                for reason, number in receiver.counts.refused.items()
                if number != before.get(reason, 0)
            }
            if sum(found.values()) >= at_least:
                return found
            assert time.monotonic() < ends, found
            time.sleep(0.01)

    return since


def test_what_was_left_out_is_told_in_the_encoding_of_the_request(receiver):
    answer = post(receiver.http_port, spans_some_without_ids().SerializeToString(), PROTOBUF)
    assert (answer.status, answer.headers["content-type"]) == (200, PROTOBUF["Content-Type"])
    told = ExportTraceServiceResponse.FromString(answer.body)
    assert told.partial_success.rejected_spans == 3
    assert "trace id" in told.partial_success.error_message

    spans = agent_trace(3)
    spans[0]["traceId"] = "0" * 32
    answer = post(receiver.http_port, request(*spans))
    told = json.loads(answer.body)["partialSuccess"]
    assert (answer.status, told["rejectedSpans"]) == (200, "1")


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_compressed_bodies_are_taken(receiver, pack):
    name = "gzip" if pack is gzip.compress else "deflate"
    before = receiver.counts.spans
    answer = post(receiver.http_port, pack(GOOD), {"Content-Encoding": name})
    assert answer.status == 200
    assert receiver.counts.spans - before == 3


_BOMB = gzip.compress(b" " * (50 << 20))


_REFUSED = {
    "cut off JSON": (400, "malformed", b"{", {}, {}),
    "no protobuf": (400, "malformed", b"\xff\xff\xff", PROTOBUF, {}),
    "not gzip": (400, "malformed", GOOD, {"Content-Encoding": "gzip"}, {}),
    "cut off gzip": (400, "malformed", gzip.compress(GOOD)[:-9], {"Content-Encoding": "gzip"}, {}),
    "many empty parts": (
        400,
        "malformed",
        gzip.compress(b"") * 100,
        {"Content-Encoding": "gzip"},
        {},
    ),
    "bomb": (413, "too large", _BOMB, {"Content-Encoding": "gzip"}, {}),
    "large": (413, "too large", b" " * (65 << 10), {}, {}),
    "text": (415, "wrong content type", GOOD, {"Content-Type": "text/plain"}, {}),
    "brotli": (415, "unknown encoding", GOOD, {"Content-Encoding": "br"}, {}),
    "profiles": (404, "unknown path", GOOD, {}, {"path": "/v1/profiles"}),
    "GET": (405, "wrong method", None, {}, {"method": "GET"}),
    "Origin": (403, "from a web page", GOOD, {"Origin": "http://localhost:3000"}, {}),
    "preflight": (403, "from a web page", None, {"Origin": "null"}, {"method": "OPTIONS"}),
    "Host": (403, "wrong host", GOOD, {"Host": "rebound.example"}, {}),
    "longer Host": (403, "wrong host", GOOD, {"Host": "127.0.0.1.rebound.example:4318"}, {}),
}


@pytest.mark.parametrize(
    ("status", "reason", "body", "headers", "where"), _REFUSED.values(), ids=_REFUSED
)
def test_what_is_refused_is_told_why_and_counted(
    receiver, refused, status, reason, body, headers, where
):
    answer = post(receiver.http_port, body, headers, **where)
    assert answer.status == status
    assert refused() == {reason: 1}
    assert not [name for name in answer.headers if name.startswith("access-control")]
    if answer.headers["content-type"] == "application/json":
        assert json.loads(answer.body)["message"]
    else:
        assert Status.FromString(answer.body).message
    assert post(receiver.http_port, GOOD).status == 200


def test_a_body_without_a_length_is_bounded_while_it_comes(receiver, refused):
    def endless():
        for _ in range(1_000):
            yield b" " * 1_000

    headers = {"Transfer-Encoding": "chunked"}
    try:
        answer = post(receiver.http_port, endless(), headers)
    except OSError:  # the server has hung up while this was still sending
        pass
    else:
        assert answer.status == 413
    assert refused() == {"too large": 1}


def _connected(receiver, said=b""):
    found = socket.create_connection(("127.0.0.1", receiver.http_port), timeout=PATIENCE)
    found.sendall(said)
    return found


@pytest.mark.parametrize(
    "said", [b"", b"POST /v1/traces HTTP/1.1\r\nHost: localh"], ids=["nothing", "a half"]
)
def test_a_sender_that_never_ends_its_head_is_hung_up_on(receiver, refused, said):
    with _connected(receiver, said) as slow:
        assert slow.recv(1_000) == b""
    assert refused() == {"too slow": 1}


def test_a_sender_that_never_ends_its_body_is_told(receiver, refused):
    head = (
        b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    )
    with _connected(receiver, head) as slow:
        assert slow.recv(1_000).startswith(b"HTTP/1.1 408 ")
    assert refused() == {"too slow": 1}


def test_what_is_no_http_at_all_is_told_where_grpc_is(receiver, refused):
    with _connected(receiver, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") as other:
        assert b"gRPC" in b"".join(iter(lambda: other.recv(1_000), b""))
    assert refused() == {"malformed": 1}


def test_more_connections_than_there_may_be_are_told_to_come_back(tmp_path):
    limits = Limits(connections=4, header_seconds=PATIENCE)
    with in_process(tmp_path, limits) as receiver:
        held = [_connected(receiver) for _ in range(4)]
        ends = time.monotonic() + PATIENCE
        while (answer := post(receiver.http_port, GOOD)).status != 503:
            assert time.monotonic() < ends
        assert answer.headers["retry-after"] == "1"
        held.pop().close()
        while post(receiver.http_port, GOOD).status != 200:
            assert time.monotonic() < ends
        for other in held:
            other.close()


def test_bodies_of_all_together_are_bounded(tmp_path):
    with in_process(tmp_path, Limits(waiting_bytes=len(GOOD) - 1)) as receiver:
        answer = post(receiver.http_port, GOOD)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert receiver.counts.refused == {"busy": 1}


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path):
    with in_process(tmp_path, Limits(free_bytes=1 << 60)) as receiver:
        answer = post(receiver.http_port, GOOD, {"Content-Type": "application/json"})
        assert (answer.status, answer.headers["retry-after"]) == (503, "30")
        assert receiver.counts.spans == 0
    assert (tmp_path / "record.jsonl").read_bytes() == b""


def test_a_token_is_asked_for_where_there_is_one(tmp_path):
    with in_process(tmp_path, token="secret") as receiver:
        for shown in (None, "Bearer secre", "secret", "Basic secret", "Bearer é"):
            headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
            assert post(receiver.http_port, GOOD, headers).status == 401
        good = {"Authorization": "Bearer secret"}
        assert post(receiver.http_port, GOOD, good).status == 200
        assert receiver.counts.refused == {"no or wrong token": 5}


def test_two_hundred_senders_at_once_beside_idle_ones_are_all_answered(tmp_path):
    with program(tmp_path / "r.jsonl", "--no-grpc", "--every", "0.1") as started:
        port = started.ports["HTTP"]
        idle = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(200)]
        answers = []
        bodies = [request(*agent_trace(number)).encode() for number in range(1, 201)]

        def send(body):
            answers.append(post(port, body).status)

        threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for connection in idle:
            connection.close()
        assert answers == [200] * 200
        out, err, code = started.stop()
    assert code == 0
    assert "600 spans, 0 log records, 0 data points in 200 requests" in err.splitlines()[-1]
    assert f"export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}\n" in out
    lines = (tmp_path / "r.jsonl").read_bytes().splitlines()
    assert sorted(map(json.loads, lines), key=str) == sorted(map(json.loads, bodies), key=str)
