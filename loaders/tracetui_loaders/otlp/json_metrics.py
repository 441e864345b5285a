"""Walks decoded OTLP JSON metrics and hands their data points to a `BatchBuilder`.

Source: OTLP 1.x `metrics.proto`; FORMATS §3 for enums as names and numbers as strings.
"""

from typing import Any

from tracetui_loaders.batch import BatchBuilder, Context
from tracetui_loaders.conventions.base import number
from tracetui_loaders.metric_points import MetricPoint, exemplar, temporality, whole
from tracetui_loaders.otlp.enums import unix_nano
from tracetui_loaders.otlp.json_types import Buckets, DataPoint, Metric, ResourceMetrics
from tracetui_loaders.otlp.json_walk import attributes_of, context_of


def add_resource_metrics(item: ResourceMetrics, builder: BatchBuilder, line: int | None) -> None:
    """Add the data points of one resource."""
    for scope_metrics in item.scopeMetrics or ():
        context = context_of(item.resource, scope_metrics.scope, None, builder)
        for metric in scope_metrics.metrics or ():
            add_metric(metric, context, builder, line)


def add_metric(metric: Metric, context: Context, builder: BatchBuilder, line: int | None) -> None:
    """Add every data point of one metric."""
    for kind, points in (
        ("gauge", metric.gauge),
        ("sum", metric.sum),
        ("histogram", metric.histogram),
        ("exponential_histogram", metric.exponentialHistogram),
        ("summary", metric.summary),
    ):
        if points is None:
            continue
        for sent in points.dataPoints or ():
            builder.add_point(
                MetricPoint(
                    name=metric.name or "",
                    description=metric.description or None,
                    unit=metric.unit or None,
                    kind=kind,
                    temporality=temporality(points.aggregationTemporality),
                    monotonic=bool(points.isMonotonic) if kind == "sum" else None,
                    start_time_unix_nano=unix_nano(sent.startTimeUnixNano),
                    time_unix_nano=unix_nano(sent.timeUnixNano),
                    attributes=attributes_of(sent.attributes),
                    value=number(sent.asDouble if sent.asInt is None else sent.asInt),
                    count=whole(sent.count),
                    sum=number(sent.sum),
                    min=number(sent.min),
                    max=number(sent.max),
                    distribution=_distribution(kind, sent),
                    exemplars=[
                        exemplar(
                            item.traceId,
                            item.spanId,
                            item.asDouble if item.asInt is None else item.asInt,
                            unix_nano(item.timeUnixNano),
                        )
                        for item in sent.exemplars or ()
                    ],
                ),
                context,
                line,
            )


def _distribution(kind: str, point: DataPoint) -> dict[str, Any] | None:
    if kind == "histogram":
        return {
            "bounds": [number(bound) for bound in point.explicitBounds or ()],
            "buckets": [whole(count) for count in point.bucketCounts or ()],
        }
    if kind == "exponential_histogram":
        scale = number(point.scale)
        return {
            "scale": int(scale) if scale is not None else 0,
            "zero_count": whole(point.zeroCount) or 0,
            "positive": _buckets(point.positive),
            "negative": _buckets(point.negative),
        }
    if kind == "summary":
        return {
            "quantiles": [
                [number(item.quantile) or 0.0, number(item.value)]
                for item in point.quantileValues or ()
            ]
        }
    return None


def _buckets(buckets: Buckets | None) -> dict[str, Any]:
    offset = number(buckets.offset) if buckets else None
    return {
        "offset": int(offset) if offset is not None else 0,
        "buckets": [whole(count) for count in (buckets.bucketCounts if buckets else None) or ()],
    }
