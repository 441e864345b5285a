"""What a store in plain Python does to values and lists of rows: compares, adds, sorts, pages."""

import re
from typing import Any

import msgspec
import pyarrow as pa

JSON_FIELDS = {"attributes", "extra", "event", "log", "log_attributes"}


def compared(value, comparison, wanted):
    if value is None:
        return False
    return {
        "=": value == wanted,
        "!=": value != wanted,
        "<": value < wanted,
        "<=": value <= wanted,
        ">": value > wanted,
        ">=": value >= wanted,
    }[comparison]


def matches(value, text, how):
    if how == "contains":
        return re.search(re.escape(text), value, re.IGNORECASE) is not None
    parts, characters = [], iter(text)
    for char in characters:
        literal = re.escape(next(characters, char) if char == "\\" else char)
        parts.append({"*": ".*", "?": "."}.get(char, literal))
    return re.fullmatch("".join(parts), value, re.IGNORECASE | re.DOTALL) is not None


def says(text, field, said):
    """Compare JSON text escape by escape: half an escape sequence is no text."""
    if said is None:
        return False
    if field not in JSON_FIELDS:
        return matches(said, text, "contains")
    whole = re.compile(r"\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
    wanted = whole.findall(msgspec.json.encode(text).decode()[1:-1])
    there = whole.findall(said)
    return any(
        all(
            re.fullmatch(re.escape(one), other, re.IGNORECASE)
            for one, other in zip(wanted, there[at:], strict=False)
        )
        for at in range(len(there) - len(wanted) + 1)
    )


def hit(row_id, span, field):
    return {
        "row_id": row_id,
        "trace_id": span["trace_id"],
        "span_id": span["span_id"],
        "name": span["name"],
        "field": field,
        "is_json": field in JSON_FIELDS,
        "snippet": None,
    }


def known(spans, column):
    return [span[column] for span in spans if span[column] is not None]


def first(spans, column):
    return next(iter(known(spans, column)), None)


def counted(span, column):
    rolled: Any = span[f"rollup_{column}"]
    return span[column] if span[column] is not None or not span["counts"] else rolled


def added(spans, column):
    values = [counted(span, column) for span in spans if span["counts"]]
    values = [value for value in values if value is not None]
    return sum(values) if values else None


def agent_span(span, parents):
    """Return what agents are found by."""
    kind = span["kind"]
    return span | {
        "parent_row_id": min((parent["row_id"] for parent in parents), default=None),
        "name": span["name"] if kind in {"agent", "tool", "handoff"} else None,
        "agent_name": span["agent_name"] if kind == "agent" else None,
        "tool_name": span["tool_name"] if kind == "tool" else None,
        "creates": None if span["operation"] is None else span["operation"] == "create_agent",
        "total_tokens": counted(span, "total_tokens") if span["counts"] else None,
        "unpriced": bool((span["counts"] or span["usage_unknown"]) and span["cost_usd"] is None),
    }


def nulls_last(value):
    return (value is None, "" if value is None else value)


def in_order(rows, sort, value, last):
    """Sort by several passes, the last key first: Python's sort is stable."""
    rows = sorted(rows, key=lambda row: row[last])
    rows = by_column(rows, lambda row: row["start_time_unix_nano"], descending=True)
    return by_column(rows, lambda row: folded(value(row, sort.column)), sort.descending)


def by_column(rows, key, descending):
    there = [row for row in rows if key(row) is not None]
    there.sort(key=key, reverse=descending)
    return there + [row for row in rows if key(row) is None]


def folded(value):
    return value.lower() if isinstance(value, str) else value


def page(rows, limit, offset):
    return rows[offset:] if limit is None else rows[offset : offset + limit]


def table(rows, columns):
    return pa.table({column: [row[column] for row in rows] for column in columns})
