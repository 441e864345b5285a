"""A second engine behind the protocol: plain Python over lists, the oracle of the first."""

from collections import defaultdict
from types import TracebackType
from typing import Self

import msgspec
import pyarrow as pa
from store.plain_rows import (
    added,
    agent_span,
    compared,
    counted,
    first,
    hit,
    in_order,
    known,
    matches,
    nulls_last,
    page,
    says,
    table,
)
from tracetui_loaders.schema import METRICS
from tracetui_store.predicates import (
    EVERY_SPAN,
    EVERYTHING,
    AllSpans,
    Among,
    And,
    AnySpan,
    Compare,
    CountSpans,
    IsUnknown,
    Mentions,
    Not,
    Or,
    Related,
    Selection,
    Sort,
    TextMatch,
)
from tracetui_store.protocol import Changes, Mark, SearchPart, SqlError, SqlNames
from tracetui_store.rows import (
    AGENT_COLUMNS,
    FACET_COLUMNS,
    HIT_COLUMNS,
    JOINT_COLUMNS,
    SERIES_COLUMNS,
    SPAN_COLUMNS,
    TRACE_COLUMNS,
    FileRow,
    SpanDetail,
    Totals,
)

NEWEST = Sort()


def is_running(span):
    """Whether it has begun and not ended; what has no time at all may be either."""
    return span["start_time_unix_nano"] is not None and span["end_time_unix_nano"] is None


class MemoryStore:
    """Spans as dicts: every column of `spans`, and `texts`, a list of (field, text)."""

    def __init__(self, spans, log_texts=()):
        self.spans = sorted(spans, key=lambda span: span["row_id"])
        self.log_texts = list(log_texts)

    def reader(self):
        return MemoryReader(self)

    def close(self):
        pass


class MemoryReader:
    """`TraceReader` by the book, one row at a time."""

    def __init__(self, store: MemoryStore):
        self.all = store.spans
        self.log_texts = store.log_texts

    # What is derived

    def value(self, span, column):
        if column == "outcome":
            return "error" if span["error"] else "running" if is_running(span) else "ok"
        if column == "duration_nano":
            start, end = span["start_time_unix_nano"], span["end_time_unix_nano"]
            return None if start is None or end is None else max(end - start, 0)
        if column == "finish_reason":
            reasons = span["finish_reasons"]
            return None if reasons is None else ",".join(reasons)
        return span[column]

    def trace_value(self, row, column):
        return row[column]

    def in_trace(self, trace_id):
        return [span for span in self.all if span["trace_id"] == trace_id]

    def parents(self, span):
        return [
            other
            for other in self.in_trace(span["trace_id"])
            if span["parent_span_id"] is not None
            and other["span_id"] == span["parent_span_id"] != span["span_id"]
        ]

    def children(self, span):
        return [other for other in self.in_trace(span["trace_id"]) if span in self.parents(other)]

    def far(self, span, step):
        found, waiting = [], step(span)
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.append(other)
                waiting += step(other)
        return found

    # Predicates

    def holds(self, predicate, row, value=None):
        value = value or self.value
        match predicate:
            case And(parts):
                return all(self.holds(part, row, value) for part in parts)
            case Or(parts):
                return any(self.holds(part, row, value) for part in parts)
            case Not(part):
                return not self.holds(part, row, value)
            case Compare(column, comparison, wanted):
                return compared(value(row, column), comparison, wanted)
            case Among(column, values):
                known = value(row, column)
                return known is not None and known in values
            case TextMatch(column, text, how):
                known = value(row, column)
                return known is not None and matches(known, text, how)
            case IsUnknown(column):
                return value(row, column) is None
            case Mentions(text):
                return any(says(text, *piece) for piece in self.texts_of(row))
            case Related(relation, span):
                return any(self.holds(span, other) for other in self.related(row, relation))
            case AnySpan(span):
                return any(self.holds(span, other) for other in self.in_trace(row["trace_id"]))
            case AllSpans(span):
                return all(self.holds(span, other) for other in self.in_trace(row["trace_id"]))
            case CountSpans(span, comparison, count):
                spans = self.in_trace(row["trace_id"])
                return compared(sum(self.holds(span, s) for s in spans), comparison, count)

    def related(self, span, relation):
        return {
            "parent": self.parents,
            "child": self.children,
            "ancestor": lambda s: self.far(s, self.parents),
            "descendant": lambda s: self.far(s, self.children),
        }[relation](span)

    def texts_of(self, span):
        yield from span["texts"]
        for record in self.log_texts:
            if (record["trace_id"], record["span_id"]) == (span["trace_id"], span["span_id"]):
                yield record["field"], record["text"]

    def chosen(self, selection):
        wanted = {row["trace_id"] for row in self.summaries(selection.traces)}
        return [
            span
            for span in self.all
            if self.holds(selection.spans, span)
            and (selection.traces == EVERYTHING or span["trace_id"] in wanted)
        ]

    # Lists

    def summaries(self, where=EVERYTHING):
        traces = defaultdict(list)
        for span in self.all:
            traces[span["trace_id"]].append(span)
        rows = [self.summary(trace_id, spans) for trace_id, spans in traces.items()]
        return [row for row in rows if self.holds(where, row, self.trace_value)]

    def summary(self, trace_id, spans):
        sums = self.sums(spans)
        starts = known(spans, "start_time_unix_nano")
        ends = known(spans, "end_time_unix_nano")
        open_roots = [s for s in spans if s["parent_span_id"] is None and is_running(s)]
        begun = [s for s in spans if s["start_time_unix_nano"] is not None]
        begun.sort(key=lambda s: (s["start_time_unix_nano"], s["row_id"]))
        roots = [s for s in begun if s["parent_span_id"] is None]
        row = {
            "trace_id": trace_id,
            "start_time_unix_nano": min(starts, default=None),
            "end_time_unix_nano": None if open_roots else max(ends, default=None),
            "duration_nano": max(max(ends) - min(starts), 0) if starts and ends else None,
            "span_count": len(spans),
            "llm_count": sums.model_calls,
            "tool_count": sum(s["kind"] == "tool" for s in spans),
            "agent_count": sums.agents,
            "error_count": sums.errors,
            "running_count": sums.running,
            "orphan_count": sums.orphans,
            "total_tokens": added(spans, "total_tokens"),
            "input_tokens": sums.input_tokens,
            "output_tokens": sums.output_tokens,
            "unknown_usage_count": sums.unknown_usage_calls,
            "lower_bound": sums.lower_bound,
            "cost_usd": sums.cost_usd,
            "unpriced_count": sums.unpriced_calls,
            "session_id": first(spans, "session_id"),
        }
        for column in ("name", "kind"):
            row[column] = first([*roots, *begun, *spans], column)
        for column in ("agent_name", "service_name"):
            row[column] = first([*begun, *spans], column)
        return row

    def sums(self, spans):
        failed = [s for s in spans if s["error"]]
        return Totals(
            traces=len({s["trace_id"] for s in spans}),
            spans=len(spans),
            model_calls=sum(s["is_model_call"] for s in spans),
            agents=sum(s["kind"] == "agent" for s in spans),
            input_tokens=added(spans, "input_tokens"),
            output_tokens=added(spans, "output_tokens"),
            cache_read_tokens=added(spans, "cache_read_tokens"),
            cache_write_tokens=added(spans, "cache_write_tokens"),
            reasoning_tokens=added(spans, "reasoning_tokens"),
            unknown_usage_calls=sum(bool(s["usage_unknown"]) for s in spans),
            cost_usd=sum(known(spans, "cost_usd")) if known(spans, "cost_usd") else None,
            unpriced_calls=sum(
                bool((s["counts"] or s["usage_unknown"]) and s["cost_usd"] is None) for s in spans
            ),
            errors=sum(not any(child["error"] for child in self.children(s)) for s in failed),
            error_spans=len(failed),
            running=sum(map(is_running, spans)),
            orphans=sum(self.is_orphan(s) for s in spans),
            logs=len({record["row_id"] for record in self.log_texts}),
        )

    def is_orphan(self, span):
        ids = {other["span_id"] for other in self.in_trace(span["trace_id"])}
        return span["parent_span_id"] is not None and span["parent_span_id"] not in ids

    def totals(self, selection: Selection = EVERY_SPAN):
        return self.sums(self.chosen(selection))

    def traces(self, where=EVERYTHING, sort=NEWEST, *, limit=None, offset=0):
        rows = in_order(self.summaries(where), sort, self.trace_value, "trace_id")
        return table(page(rows, limit, offset), TRACE_COLUMNS)

    def trace_count(self, where=EVERYTHING):
        return len(self.summaries(where))

    def trace_spans(self, trace_id):
        rows = [
            span | {"total_tokens": counted(span, "total_tokens")}
            for span in self.in_trace(trace_id)
        ]
        return table(rows, SPAN_COLUMNS)

    def agent_spans(self):
        return table([agent_span(span, self.parents(span)) for span in self.all], AGENT_COLUMNS)

    def joints(self):
        return table([], JOINT_COLUMNS)

    def span_list(
        self,
        selection=EVERY_SPAN,
        columns=("row_id", "trace_id"),
        sort=NEWEST,
        *,
        limit=None,
        offset=0,
    ):
        spans = in_order(self.chosen(selection), sort, self.value, "row_id")
        rows = [
            {column: self.value(span, column) for column in columns}
            for span in page(spans, limit, offset)
        ]
        return table(rows, columns)

    def spans(self, trace_id=None, span_id=None):
        for span in self.all:
            if trace_id in (None, span["trace_id"]) and span_id in (None, span["span_id"]):
                yield span

    def span(self, row_id):
        return next(self.details([s for s in self.all if s["row_id"] == row_id]), None)

    def details(self, rows):
        for row in rows:
            texts = dict(row["texts"])
            yield SpanDetail(row, msgspec.json.decode(texts["attributes"]), {}, {}, {}, [], [], [])

    # Counting

    def series(self, bucket_nano, selection=EVERY_SPAN, by=None):
        groups, begun = defaultdict(list), defaultdict(dict)
        for span in self.chosen(selection):
            start = span["start_time_unix_nano"]
            if start is not None:
                value = None if by is None else self.value(span, by)
                groups[start // bucket_nano * bucket_nano, value].append(span)
                earliest = begun[value].get(span["trace_id"], start)
                begun[value][span["trace_id"]] = min(earliest, start)
        rows = []
        for (bucket, value), spans in groups.items():
            sums = self.sums(spans)
            starts = [start // bucket_nano * bucket_nano for start in begun[value].values()]
            rows.append(
                {
                    "start_unix_nano": bucket,
                    "value": value,
                    "spans": sums.spans,
                    "traces": starts.count(bucket),
                    "model_calls": sums.model_calls,
                    "errors": sums.errors,
                    "input_tokens": sums.input_tokens,
                    "output_tokens": sums.output_tokens,
                    "total_tokens": added(spans, "total_tokens"),
                    "unknown_usage_count": sums.unknown_usage_calls,
                    "cost_usd": sums.cost_usd,
                    "unpriced_count": sums.unpriced_calls,
                }
            )
        rows.sort(key=lambda row: (row["start_unix_nano"], nulls_last(row["value"])))
        return table(rows, SERIES_COLUMNS)

    def facets(self, dimensions, selection=EVERY_SPAN, limit=None):
        rows = []
        for dimension in dimensions:
            groups = defaultdict(list)
            for span in self.chosen(selection):
                groups[self.value(span, dimension)].append(span["trace_id"])
            found = [
                {
                    "dimension": dimension,
                    "value": value,
                    "spans": len(ids),
                    "traces": len(set(ids)),
                    "values": len(groups),
                }
                for value, ids in groups.items()
            ]
            found.sort(key=lambda r: (-r["traces"], -r["spans"], nulls_last(r["value"])))
            rows += found[:limit]
        return table(rows, FACET_COLUMNS)

    # Text

    def search(self, text, trace_id=None):
        hits = [
            hit(span["row_id"], span, field)
            for span in self.spans(trace_id)
            for field, said in span["texts"]
            if says(text, field, said)
        ]
        for record in self.log_texts:
            if trace_id in (None, record["trace_id"]) and says(
                text, record["field"], record["text"]
            ):
                # A record that names no span is not about every span of its trace.
                named = [
                    s for s in self.spans(record["trace_id"]) if s["span_id"] == record["span_id"]
                ]
                if not named:
                    hits.append(hit(None, record | {"name": None}, record["field"]))
                hits += [hit(span["row_id"], span, record["field"]) for span in named]
        yield SearchPart(table(hits, HIT_COLUMNS), 1.0)

    # What a store in memory has little to say about

    def changes_since(self, mark=None):
        ids = sorted({span["trace_id"] for span in self.all})
        return Changes(pa.table({"trace_id": pa.array(ids, pa.string())}), Mark((), 0))

    def files(self) -> list[FileRow]:
        return []

    def problems(self, source_id=None, limit=1_000):
        return []

    def metrics(self, name=None):
        return METRICS.empty_table()

    def sql(self, text):
        raise SqlError("this store has no SQL")

    def sql_names(self):
        return SqlNames({}, ())

    def interrupt(self):
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass
