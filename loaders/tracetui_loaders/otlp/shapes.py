"""The shapes of OTLP JSON that are not the spec's: snake_case, older names, arrays, bare parts.

A value is brought to the spec's names and shape and converted part by part, so that one bad span
does not take its request with it. Source: FORMATS §1.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.otlp.json_metrics import add_metric
from tracetui_loaders.otlp.json_types import (
    LogRecord,
    Metric,
    Resource,
    Scope,
    Span,
)
from tracetui_loaders.otlp.json_walk import add_log, add_span, context_of

REQUEST_KEYS = frozenset(
    {
        "resourceSpans",
        "resource_spans",
        "resourceLogs",
        "resource_logs",
        "resourceMetrics",
        "resource_metrics",
    }
)
SCOPE_KEYS = frozenset(
    {
        "batches",
        "scopeSpans",
        "scope_spans",
        "instrumentationLibrarySpans",
        "instrumentation_library_spans",
        "scopeLogs",
        "scope_logs",
        "scopeMetrics",
        "scope_metrics",
    }
)
BARE_KEYS = (
    frozenset({"scope", "spans"}),
    frozenset({"instrumentationLibrary", "spans"}),
    frozenset({"traceId", "spanId", "startTimeUnixNano"}),
    frozenset({"trace_id", "span_id", "start_time_unix_nano"}),
)
"""All the keys of one of these are there in a ScopeSpans or a span by itself."""

_T = TypeVar("_T")

_RENAMED = {
    "batches": "resourceSpans",
    "instrumentationLibrarySpans": "scopeSpans",
    "instrumentationLibraryLogs": "scopeLogs",
    "instrumentationLibrary": "scope",
}
# Deeper than any real attribute; json and msgspec give up near here too.
_DEEPEST = 400


@dataclass(slots=True)
class Outcome:
    """What became of one JSON value."""

    added: int = 0
    rejected: int = 0
    recognised: bool = False
    """Whether it is OTLP at all, even if it holds nothing."""
    strangers: int = 0
    """Parts that are not OTLP."""


def add_shape(value: Any, builder: BatchBuilder, line: int, offset: int) -> Outcome:
    """Add whatever spans and log records `value` holds, in any of the known shapes."""
    outcome = Outcome()
    for part in _parts(value):
        _add_part(part, builder, line, offset, outcome)
    if outcome.strangers and outcome.recognised:
        outcome.rejected += outcome.strangers
        message = f"{outcome.strangers:,} of the values here are not OTLP"
        builder.problem("rejected", message, line, offset)
    return outcome


def _parts(value: Any) -> Iterable[Any]:
    """Yield what arrays of arrays of requests hold, and what is in Tempo's `trace` wrapper."""
    if isinstance(value, list):
        for item in value:
            yield from _parts(item)
    elif isinstance(value, dict):
        inner = value.get("trace")
        if isinstance(inner, dict) and not value.keys() & REQUEST_KEYS:
            yield from _parts(inner)
        else:
            yield value
    else:
        yield value


def _add_part(part: Any, builder: BatchBuilder, line: int, offset: int, outcome: Outcome) -> None:
    if not isinstance(part, dict) or not _is_otlp(part.keys()):
        outcome.strangers += 1
        return
    try:
        part = _camel(part, 0)
    except RecursionError:
        outcome.rejected += 1
        builder.problem("rejected", "nested too deep", line, offset)
        return
    outcome.recognised = True
    walk = _Walk(builder, line, offset, outcome)
    if "resourceSpans" in part or "resourceLogs" in part or "resourceMetrics" in part:
        for item in walk.objects(part, "resourceSpans"):
            walk.resource_spans(item)
        for item in walk.objects(part, "resourceLogs"):
            walk.resource_logs(item)
        for item in walk.objects(part, "resourceMetrics"):
            walk.resource_metrics(item)
    elif "scopeSpans" in part:
        walk.resource_spans(part)
    elif "scopeLogs" in part:
        walk.resource_logs(part)
    elif "scopeMetrics" in part:
        walk.resource_metrics(part)
    elif "spans" in part:
        walk.resource_spans({"scopeSpans": [part]})
    else:
        walk.spans({}, {}, [part])


def _is_otlp(keys: Set[str]) -> bool:
    return bool(keys & REQUEST_KEYS or keys & SCOPE_KEYS or any(bare <= keys for bare in BARE_KEYS))


def _camel(value: Any, depth: int) -> Any:
    """Return `value` with the names of the JSON encoding: `start_time_unix_nano` and its kin.

    Attribute keys are values here (`{"key": …}`), so every name met is a field's.
    """
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {_camel_name(name): _camel(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_camel(item, depth + 1) for item in value]
    return value


def _camel_name(name: str) -> str:
    if "_" in name:
        head, *rest = name.split("_")
        name = head + "".join(word[:1].upper() + word[1:] for word in rest)
    return _RENAMED.get(name, name)


@dataclass(slots=True)
class _Walk:
    """Adds converted parts, one by one, and counts what could not be converted."""

    builder: BatchBuilder
    line: int
    offset: int
    outcome: Outcome

    def objects(self, parent: dict[str, Any], name: str) -> list[dict[str, Any]]:
        """Return the objects of a list; what else stands there is reported."""
        value = parent.get(name)
        if value is None:
            return []
        items: list[Any] = value if isinstance(value, list) else [value]
        found = [item for item in items if isinstance(item, dict)]
        if len(found) < len(items):
            strangers = len(items) - len(found)
            self.outcome.rejected += strangers
            message = f"{name}: {strangers:,} of {len(items):,} items are no objects"
            self.builder.problem("rejected", message, self.line, self.offset)
        return found

    def resource_spans(self, item: dict[str, Any]) -> None:
        for scope_spans in self.objects(item, "scopeSpans"):
            scope = scope_spans.get("scope")
            url = scope_spans.get("schemaUrl") or item.get("schemaUrl")
            spans = self.objects(scope_spans, "spans")
            self.spans(item, scope if isinstance(scope, dict) else {}, spans, url)

    def spans(
        self,
        item: dict[str, Any],
        scope: dict[str, Any],
        spans: list[dict[str, Any]],
        url: Any = None,
    ) -> None:
        context = context_of(
            self._convert(item.get("resource"), Resource),
            self._convert(scope, Scope),
            url if isinstance(url, str) else None,
            self.builder,
        )
        for raw in spans:
            span = self._convert(raw, Span)
            if span is not None:
                add_span(span, context, self.builder, self.line, self.offset)
                self.outcome.added += 1

    def resource_logs(self, item: dict[str, Any]) -> None:
        resource = self._convert(item.get("resource"), Resource)
        for scope_logs in self.objects(item, "scopeLogs"):
            scope = self._convert(scope_logs.get("scope"), Scope)
            context = context_of(resource, scope, None, self.builder)
            for raw in self.objects(scope_logs, "logRecords"):
                record = self._convert(raw, LogRecord)
                if record is not None:
                    add_log(record, context, self.builder, self.line)
                    self.outcome.added += 1

    def resource_metrics(self, item: dict[str, Any]) -> None:
        resource = self._convert(item.get("resource"), Resource)
        for scope_metrics in self.objects(item, "scopeMetrics"):
            scope = self._convert(scope_metrics.get("scope"), Scope)
            context = context_of(resource, scope, None, self.builder)
            for raw in self.objects(scope_metrics, "metrics"):
                metric = self._convert(raw, Metric)
                if metric is not None:
                    add_metric(metric, context, self.builder, self.line)
                    self.outcome.added += 1

    def _convert(self, value: Any, kind: type[_T]) -> _T | None:
        if value is None:
            return None
        try:
            return msgspec.convert(value, kind)
        except (msgspec.ValidationError, RecursionError) as error:
            self.outcome.rejected += 1
            message = f"not an OTLP {kind.__name__}: {error}"
            self.builder.problem("rejected", message, self.line, self.offset)
            return None
