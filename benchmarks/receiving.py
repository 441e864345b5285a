"""What a receiver takes in a second, and its CPU: `python -m benchmarks --only receiving`."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import local
from typing import Any

from benchmarks.bars import Bar, at_least
from benchmarks.generators import otlp

_SPANS = 20_000
_PER_REQUEST = 200
_ROUNDS = 3
_SENDERS = 2
_RATE = 5_000
"""Spans per second that the live view is asked for (issue 7)."""
_RECEIVE = (
    *(sys.executable, "-m", "tracetui", "receive", "--rotate-mb", "10000"),
    *("--http-port", "0", "--grpc-port", "0"),
)
_EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
_IDS = {"traceId", "spanId", "parentSpanId"}


def bars(folder: Path) -> list[Bar]:
    """Send the same spans three ways, each to a receiver of its own."""
    lines = list(otlp.lines(_SPANS, per_line=_PER_REQUEST))
    messages = [_protobuf(line) for line in lines]
    found: list[Bar] = []
    for name, bodies, sender in (
        ("HTTP/protobuf", messages, _http("application/x-protobuf")),
        ("HTTP/JSON", lines, _http("application/json")),
        ("gRPC", messages, _grpc),
    ):
        rate, cpu = _measure(folder / f"{name.replace('/', '-')}.jsonl", bodies, sender)
        found += [
            at_least(0, f"received over {name}, spans/s", rate, _RATE),
            Bar(0, f"the same, CPU of the receiver per span, {name}", "", f"{cpu:.0f} µs", None),
        ]
    return found


def _measure(
    record: Path, bodies: list[bytes], sender: Callable[[dict[str, int]], Callable[[bytes], Any]]
) -> tuple[float, float]:
    """Return spans per second, and microseconds of CPU per span; every span is in the record."""
    record.unlink(missing_ok=True)
    process = subprocess.Popen(
        [*_RECEIVE, "--record", str(record)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    ports = {name: int(port) for port, name in re.findall(r":(\d+) \((HTTP|gRPC)\)", said)}
    send = sender(ports)
    with ThreadPoolExecutor(_SENDERS) as threads:
        list(threads.map(send, bodies[:10]))
        before, began = _cpu(process.pid), time.perf_counter()
        for _ in range(_ROUNDS):
            list(threads.map(send, bodies))
        seconds, cpu = time.perf_counter() - began, _cpu(process.pid) - before
    process.send_signal(signal.SIGTERM)
    process.wait()
    sent = _ROUNDS * _SPANS
    assert record.read_bytes().count(b'"spanId":') >= sent
    return sent / seconds, cpu / sent * 1e6


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _http(content_type: str) -> Callable[[dict[str, int]], Callable[[bytes], None]]:
    def sender(ports: dict[str, int]) -> Callable[[bytes], None]:
        own = local()

        def send(body: bytes) -> None:
            if not hasattr(own, "connection"):
                own.connection = HTTPConnection("127.0.0.1", ports["HTTP"])
            own.connection.request("POST", "/v1/traces", body, {"Content-Type": content_type})
            answer = own.connection.getresponse()
            assert (answer.status, len(answer.read())) in ((200, 0), (200, 2))

        return send

    return sender


def _grpc(ports: dict[str, int]) -> Callable[[bytes], Any]:
    import grpc

    call = grpc.insecure_channel(f"127.0.0.1:{ports['gRPC']}").unary_unary(_EXPORT)
    return lambda body: call(body, wait_for_ready=True)


def _protobuf(line: bytes) -> bytes:
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    value = json.loads(line, object_hook=_with_base64)
    return json_format.ParseDict(value, ExportTraceServiceRequest()).SerializeToString()


def _with_base64(value: dict[str, Any]) -> dict[str, Any]:
    for key in _IDS & value.keys():
        value[key] = base64.b64encode(bytes.fromhex(value[key])).decode()
    return value
