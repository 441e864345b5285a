"""Records scripted runs with the OpenTelemetry SDK and writes them as OTLP JSON lines.

The spans are the SDK's own; only what varies from run to run is replaced: identifiers come from a
seeded generator and times from a virtual clock, so that the same script gives the same bytes.

Source: OTLP 1.x specification, "JSON Protobuf Encoding" (hexadecimal ids, 64-bit integers as
strings, enumerations as numbers).
"""

from __future__ import annotations

import json
import random
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToDict
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as ProtoSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status as ProtoStatus
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from pathlib import Path

    from opentelemetry.sdk.trace import ReadableSpan, Span

_HAS_IS_REMOTE = 0x100
_IS_REMOTE = 0x200
_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(frozen=True)
class Failure:
    """What goes wrong: recorded as an exception event and as an error status."""

    type: str
    message: str
    stacktrace: str = ""


class Clock:
    """A virtual clock that moves only when told to."""

    def __init__(self, now: int) -> None:
        self.now = now
        """Unix nanoseconds."""

    def advance(self, milliseconds: float) -> None:
        """Let time pass."""
        self.now += round(milliseconds * 1_000_000)

    @contextmanager
    def parallel(self) -> Generator[Branches]:
        """Run branches that start together; afterwards it is the time the last one ended."""
        branches = Branches(self)
        yield branches
        self.now = max(branches.ends, default=self.now)


class Branches:
    """Branches of one `Clock.parallel` block."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now
        self.ends: list[int] = []
        """When each branch ended, Unix nanoseconds."""

    @contextmanager
    def branch(self, delay_ms: float = 0) -> Generator[None]:
        """Start at the block's start, `delay_ms` later."""
        self._clock.now = self._start
        self._clock.advance(delay_ms)
        yield
        self.ends.append(self._clock.now)


class SeededIdGenerator(IdGenerator):
    """Makes identifiers from a seeded random source."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def generate_span_id(self) -> int:
        """Return 64 random bits."""
        return self._rng.getrandbits(64) or 1

    def generate_trace_id(self) -> int:
        """Return 128 random bits."""
        return self._rng.getrandbits(128) or 1


@dataclass
class Exported:
    """A span on its way into the file."""

    at: int
    """When it was handed to the exporter, Unix nanoseconds."""
    service: int
    span: ReadableSpan


class _Collecting(SpanProcessor):
    """Keeps what ends, in the order in which it ends."""

    def __init__(self, service: int, exported: list[Exported]) -> None:
        self._service = service
        self._exported = exported

    def on_end(self, span: ReadableSpan) -> None:
        """Keep `span`."""
        self._exported.append(Exported(span.end_time or 0, self._service, span))


class Service:
    """One process that emits spans: a resource and its tracer provider."""

    def __init__(self, recorder: Recorder, index: int, name: str, version: str) -> None:
        self.name = name
        self.index = index
        # `Resource(...)` and not `Resource.create(...)`: no attribute may depend on the machine.
        resource = Resource(
            {
                "service.name": name,
                "service.version": version,
                "deployment.environment.name": "production",
                "telemetry.sdk.name": "opentelemetry",
                "telemetry.sdk.language": "python",
            }
        )
        limits = SpanLimits(max_span_attributes=512, max_events=512, max_links=512)
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=resource,
            id_generator=SeededIdGenerator(recorder.rng),
            span_limits=limits,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(_Collecting(index, recorder.exported))

    def tracer(self, scope: str, version: str) -> trace.Tracer:
        """Return the tracer of one instrumentation scope."""
        return self._provider.get_tracer(scope, version)


@dataclass
class Recorder:
    """Records one sample file."""

    seed: int
    start: int
    """When the file begins, Unix nanoseconds."""
    exported: list[Exported] = field(default_factory=list)
    session: str | None = None
    """The conversation that the following spans belong to."""
    export_interval_nano: int = 2_000_000_000
    """How often each service exports what has ended, as a batch span processor does."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.clock = Clock(self.start)
        self.context = Context()
        self._services = 0

    def service(self, name: str, version: str = "1.4.0") -> Service:
        """Return a new service."""
        self._services += 1
        return Service(self, self._services, name, version)

    def identifier(self, prefix: str, length: int = 12) -> str:
        """Return a random identifier such as `call_5f0c...`."""
        return prefix + f"{self.rng.getrandbits(length * 4):0{length}x}"

    def open(
        self,
        tracer: trace.Tracer,
        name: str,
        attributes: Mapping[str, Any] | None = None,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        links: Iterable[Link] = (),
    ) -> Span:
        """Start a span under the current one."""
        span: Any = tracer.start_span(
            name,
            context=self.context,
            kind=kind,
            attributes=dict(attributes or {}),
            links=list(links),
            start_time=self.clock.now,
        )
        return span

    @contextmanager
    def span(
        self,
        tracer: trace.Tracer,
        name: str,
        attributes: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Generator[Span]:
        """Hold a span open for the block; it is the parent of what the block starts."""
        span = self.open(tracer, name, attributes, **more)
        with self.within(trace.set_span_in_context(span, self.context)):
            yield span
        span.end(self.clock.now)

    @contextmanager
    def within(self, context: Context) -> Generator[None]:
        """Make `context` the current one for the block."""
        previous, self.context = self.context, context
        yield
        self.context = previous

    def inject(self) -> dict[str, str]:
        """Return the headers that carry the current context to another service."""
        headers: dict[str, str] = {}
        _PROPAGATOR.inject(headers, self.context)
        return headers

    def extract(self, headers: dict[str, str]) -> Context:
        """Return the context that `headers` carry."""
        return _PROPAGATOR.extract(headers, Context())

    def link_to(self, headers: dict[str, str], attributes: Mapping[str, Any] | None = None) -> Link:
        """Return a link to the span that `headers` were injected from."""
        sender = trace.get_current_span(self.extract(headers)).get_span_context()
        return Link(sender, dict(attributes or {}))

    def fail(self, span: Span, failure: Failure) -> None:
        """Record `failure` on `span`, now."""
        error = type(failure.type.rpartition(".")[2], (Exception,), {})(failure.message)
        # The real stack would show the paths of the machine that made the file.
        attributes = {"exception.type": failure.type, "exception.escaped": "True"}
        attributes["exception.stacktrace"] = failure.stacktrace or (
            f"{failure.type}: {failure.message}"
        )
        span.record_exception(error, attributes, timestamp=self.clock.now)
        span.set_status(Status(StatusCode.ERROR, failure.message))
        span.set_attribute("error.type", failure.type)

    def export_open(self, span: Span, service: Service) -> None:
        """Export `span` as it is, without an end, as an agent that dies while flushing does."""
        self.exported.append(Exported(self.clock.now, service.index, span))

    def write(self, path: Path) -> None:
        """Write what was exported: one request per line, service and export interval."""

        def batch(exported: Exported) -> tuple[int, int]:
            return exported.at // self.export_interval_nano, exported.service

        by_time = sorted(self.exported, key=lambda exported: exported.at)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for _, group in groupby(sorted(by_time, key=batch), key=batch):
                request = _request([exported.span for exported in group])
                text = json.dumps(request, ensure_ascii=False, separators=(",", ":"))
                file.write(text + "\n")


def _request(spans: list[ReadableSpan]) -> dict[str, Any]:
    """Return one ExportTraceServiceRequest of one resource, in OTLP's JSON form."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.extend(_key_values(spans[0].resource.attributes))
    scopes: dict[str, Any] = {}
    for span in spans:
        scope = span.instrumentation_scope
        name = scope.name if scope else ""
        if name not in scopes:
            scopes[name] = resource_spans.scope_spans.add()
            scopes[name].scope.name = name
            scopes[name].scope.version = (scope.version if scope else None) or ""
        scopes[name].spans.append(_proto_span(span))
    return _hex_ids(MessageToDict(request, use_integers_for_enums=True))


def _proto_span(span: ReadableSpan) -> ProtoSpan:
    own: Any = span.context
    parent = span.parent
    remote = _IS_REMOTE if parent is not None and parent.is_remote else 0
    proto = ProtoSpan(
        trace_id=own.trace_id.to_bytes(16, "big"),
        span_id=own.span_id.to_bytes(8, "big"),
        parent_span_id=parent.span_id.to_bytes(8, "big") if parent is not None else b"",
        name=span.name,
        kind=ProtoSpan.SpanKind.Value(f"SPAN_KIND_{span.kind.name}"),
        start_time_unix_nano=span.start_time or 0,
        end_time_unix_nano=span.end_time or 0,
        attributes=_key_values(span.attributes),
        flags=_HAS_IS_REMOTE | remote,
    )
    code = span.status.status_code.name
    proto.status.code = ProtoStatus.StatusCode.Value(f"STATUS_CODE_{code}")
    proto.status.message = span.status.description or ""
    for event in span.events:
        added = proto.events.add(name=event.name, time_unix_nano=event.timestamp)
        added.attributes.extend(_key_values(event.attributes))
    for link in span.links:
        added_link = proto.links.add(
            trace_id=link.context.trace_id.to_bytes(16, "big"),
            span_id=link.context.span_id.to_bytes(8, "big"),
            flags=_HAS_IS_REMOTE | _IS_REMOTE,
        )
        added_link.attributes.extend(_key_values(link.attributes))
    return proto


def _key_values(attributes: Mapping[str, Any] | None) -> list[KeyValue]:
    return [KeyValue(key=key, value=_any_value(value)) for key, value in (attributes or {}).items()]


def _any_value(value: Any) -> AnyValue:
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case _:
            array = AnyValue()
            array.array_value.values.extend(_any_value(item) for item in value)
            return array


def _hex_ids(value: Any) -> Any:
    """Return `value` with the base64 ids of protobuf's JSON form as OTLP wants them."""
    if isinstance(value, list):
        return [_hex_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: b64decode(item).hex()
        if key in ("traceId", "spanId", "parentSpanId") and isinstance(item, str)
        else _hex_ids(item)
        for key, item in value.items()
    }
