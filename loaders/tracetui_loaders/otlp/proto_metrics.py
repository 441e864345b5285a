"""Walks OTLP protobuf metrics and hands their data points to a `BatchBuilder`.

Source: `opentelemetry-proto` (generated messages), OTLP 1.x `metrics.proto`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tracetui_loaders.batch import BatchBuilder, Context
from tracetui_loaders.conventions.base import number
from tracetui_loaders.metric_points import MetricPoint, exemplar, temporality
from tracetui_loaders.otlp.enums import unix_nano

AttributesOf = Callable[[Iterable[Any]], dict[str, Any]]


def add_metric(
    metric: Any, context: Context, builder: BatchBuilder, attributes_of: AttributesOf
) -> None:
    """Add every data point of one metric.

    Args:
        metric: A `Metric` message.
        context: Its resource and scope.
        builder: Where the points go.
        attributes_of: Decodes key-values.
    """
    kind = metric.WhichOneof("data")
    if kind is None:
        return
    data = getattr(metric, kind)
    for sent in data.data_points:
        is_number = kind in ("gauge", "sum")
        count = None if is_number else sent.count
        builder.add_point(
            MetricPoint(
                name=metric.name,
                description=metric.description or None,
                unit=metric.unit or None,
                kind=kind,
                temporality=temporality(getattr(data, "aggregation_temporality", None)),
                monotonic=data.is_monotonic if kind == "sum" else None,
                start_time_unix_nano=unix_nano(sent.start_time_unix_nano),
                time_unix_nano=unix_nano(sent.time_unix_nano),
                attributes=attributes_of(sent.attributes),
                value=_value(sent) if is_number else None,
                count=count,
                sum=number(sent.sum) if kind == "summary" else _optional(sent, "sum"),
                min=_optional(sent, "min"),
                max=_optional(sent, "max"),
                distribution=_distribution(kind, sent),
                exemplars=[
                    exemplar(
                        item.trace_id, item.span_id, _value(item), unix_nano(item.time_unix_nano)
                    )
                    for item in getattr(sent, "exemplars", ())
                ],
            ),
            context,
            None,
        )


def _value(point: Any) -> float | None:
    which = point.WhichOneof("value")
    return number(getattr(point, which)) if which else None


def _optional(point: Any, name: str) -> float | None:
    """Return a field that says whether it is there; None where this kind of point has none."""
    if name not in point.DESCRIPTOR.fields_by_name or not point.HasField(name):
        return None
    return number(getattr(point, name))


def _distribution(kind: str, point: Any) -> dict[str, Any] | None:
    if kind == "histogram":
        return {
            "bounds": [number(bound) for bound in point.explicit_bounds],
            "buckets": list(point.bucket_counts),
        }
    if kind == "exponential_histogram":
        return {
            "scale": point.scale,
            "zero_count": point.zero_count,
            "positive": _buckets(point.positive),
            "negative": _buckets(point.negative),
        }
    if kind == "summary":
        return {
            "quantiles": [[item.quantile, number(item.value)] for item in point.quantile_values]
        }
    return None


def _buckets(buckets: Any) -> dict[str, Any]:
    return {"offset": buckets.offset, "buckets": list(buckets.bucket_counts)}
