"""OTLP's messages as msgspec structs, in the JSON encoding's own names.

Unknown fields are ignored, every field may be absent or null, and numbers may be strings: that is
the specification's tolerance. What it does not allow makes the decoder refuse the line, which is
then read the tolerant way.

Source: OTLP 1.x `common.proto`, `resource.proto`, `trace.proto`, `logs.proto`,
`metrics.proto`.
"""

# Names are those of the JSON encoding.
# ruff: noqa: N815
import msgspec

Number = int | str | float | None
Id = str | int | None


class ArrayValue(msgspec.Struct, gc=False):
    """An `ArrayValue`."""

    values: "list[AnyValue] | None" = None


class KeyValueList(msgspec.Struct, gc=False):
    """A `KeyValueList`."""

    values: "list[KeyValue] | None" = None


class AnyValue(msgspec.Struct, gc=False):
    """An `AnyValue`: at most one field is set; none is null."""

    stringValue: str | None = None
    intValue: Number = None
    doubleValue: Number = None
    boolValue: bool | None = None
    arrayValue: ArrayValue | None = None
    kvlistValue: KeyValueList | None = None
    bytesValue: str | None = None


class KeyValue(msgspec.Struct, gc=False):
    """A `KeyValue`."""

    key: str = ""
    value: AnyValue | None = None


Attributes = list[KeyValue] | None


class Event(msgspec.Struct, gc=False):
    """A `Span.Event`."""

    timeUnixNano: Number = None
    name: str | None = None
    attributes: Attributes = None


class Link(msgspec.Struct, gc=False):
    """A `Span.Link`."""

    traceId: Id = None
    spanId: Id = None
    traceState: str | None = None
    attributes: Attributes = None


class Status(msgspec.Struct, gc=False):
    """A `Status`."""

    code: Number = None
    message: str | None = None


class Span(msgspec.Struct, gc=False):
    """A `Span`."""

    traceId: Id = None
    spanId: Id = None
    parentSpanId: Id = None
    name: str | None = None
    kind: Number = None
    startTimeUnixNano: Number = None
    endTimeUnixNano: Number = None
    attributes: Attributes = None
    events: list[Event] | None = None
    links: list[Link] | None = None
    status: Status | None = None
    traceState: str | None = None
    flags: Number = None
    droppedAttributesCount: Number = None
    droppedEventsCount: Number = None
    droppedLinksCount: Number = None


class Scope(msgspec.Struct, gc=False):
    """An `InstrumentationScope`."""

    name: str | None = None
    version: str | None = None
    attributes: Attributes = None


class ScopeSpans(msgspec.Struct, gc=False):
    """A `ScopeSpans`."""

    scope: Scope | None = None
    spans: list[Span] | None = None
    schemaUrl: str | None = None


class Resource(msgspec.Struct, gc=False):
    """A `Resource`."""

    attributes: Attributes = None


class ResourceSpans(msgspec.Struct, gc=False):
    """A `ResourceSpans`; `scopeSpans` is None where an older naming was used."""

    resource: Resource | None = None
    scopeSpans: list[ScopeSpans] | None = None
    schemaUrl: str | None = None


class LogRecord(msgspec.Struct, gc=False):
    """A `LogRecord`."""

    timeUnixNano: Number = None
    observedTimeUnixNano: Number = None
    severityNumber: Number = None
    severityText: str | None = None
    eventName: str | None = None
    body: AnyValue | None = None
    attributes: Attributes = None
    traceId: Id = None
    spanId: Id = None


class ScopeLogs(msgspec.Struct, gc=False):
    """A `ScopeLogs`."""

    scope: Scope | None = None
    logRecords: list[LogRecord] | None = None


class ResourceLogs(msgspec.Struct, gc=False):
    """A `ResourceLogs`."""

    resource: Resource | None = None
    scopeLogs: list[ScopeLogs] | None = None


class Exemplar(msgspec.Struct, gc=False):
    """An `Exemplar`."""

    timeUnixNano: Number = None
    asDouble: Number = None
    asInt: Number = None
    traceId: Id = None
    spanId: Id = None


class Buckets(msgspec.Struct, gc=False):
    """The `Buckets` of an `ExponentialHistogramDataPoint`."""

    offset: Number = None
    bucketCounts: list[Number] | None = None


class Quantile(msgspec.Struct, gc=False):
    """A `ValueAtQuantile`."""

    quantile: Number = None
    value: Number = None


class DataPoint(msgspec.Struct, gc=False):
    """A data point of any kind: the fields of all of them."""

    attributes: Attributes = None
    startTimeUnixNano: Number = None
    timeUnixNano: Number = None
    asDouble: Number = None
    asInt: Number = None
    count: Number = None
    sum: Number = None
    min: Number = None
    max: Number = None
    bucketCounts: list[Number] | None = None
    explicitBounds: list[Number] | None = None
    scale: Number = None
    zeroCount: Number = None
    positive: Buckets | None = None
    negative: Buckets | None = None
    quantileValues: list[Quantile] | None = None
    exemplars: list[Exemplar] | None = None


class Points(msgspec.Struct, gc=False):
    """A `Gauge`, `Sum`, `Histogram`, `ExponentialHistogram` or `Summary`."""

    dataPoints: list[DataPoint] | None = None
    aggregationTemporality: Number = None
    isMonotonic: bool | None = None


class Metric(msgspec.Struct, gc=False):
    """A `Metric`: one of its kinds of points is there."""

    name: str | None = None
    description: str | None = None
    unit: str | None = None
    gauge: Points | None = None
    sum: Points | None = None
    histogram: Points | None = None
    exponentialHistogram: Points | None = None
    summary: Points | None = None


class ScopeMetrics(msgspec.Struct, gc=False):
    """A `ScopeMetrics`."""

    scope: Scope | None = None
    metrics: list[Metric] | None = None


class ResourceMetrics(msgspec.Struct, gc=False):
    """A `ResourceMetrics`."""

    resource: Resource | None = None
    scopeMetrics: list[ScopeMetrics] | None = None


class Request(msgspec.Struct, gc=False):
    """An export request of any signal."""

    resourceSpans: list[ResourceSpans] | None = None
    resourceLogs: list[ResourceLogs] | None = None
    resourceMetrics: list[ResourceMetrics] | None = None

    def is_empty(self) -> bool:
        """Whether nothing was found under the spec's names: perhaps another shape."""
        if self.resourceSpans is not None:
            # Old exporters write instrumentationLibrarySpans inside resourceSpans.
            return any(item.scopeSpans is None for item in self.resourceSpans)
        return self.resourceLogs is None and self.resourceMetrics is None
