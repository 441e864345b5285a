"""A span as Markdown, for pasting into an issue or a chat: whole, nothing cut."""

import re
from typing import Any

from tracetui_store.rows import SpanDetail

from tracetui.view_models import format as fmt
from tracetui.view_models.detail import input_document, output_document
from tracetui.view_models.text_document import Lines, Source, TextDocument

_BACKTICKS = re.compile(r"`{3,}")


def span_as_markdown(detail: SpanDetail, folded: dict[str, Any]) -> str:
    """Return a heading, a table of facts, then input and output, all of it real text."""
    f = detail.fields
    parts = [f"## {_one_line(str(f.get('name') or '(no name)'))}"]
    if f.get("error"):
        message = f.get("error_message") or f.get("status_message") or ""
        parts.append(f"**{f.get('error_type') or 'error'}**\n\n{fenced(message)}".rstrip())
    rows = [f"| {name} | {_cell(value)} |" for name, value in _facts(f) if value]
    parts.append("\n".join(["| | |", "|---|---|", *rows]))
    for name, document in (
        ("Input", input_document(folded)),
        ("Output", output_document(folded)),
    ):
        if document.blocks:
            parts.append(f"### {name}\n\n{fenced(_indented(document))}")
    return "\n\n".join(parts) + "\n"


def _facts(f: dict[str, Any]) -> list[tuple[str, str]]:
    start, end = f.get("start_time_unix_nano"), f.get("end_time_unix_nano")
    running = "still running" if end is None and start is not None else ""
    tokens = [
        f"{fmt.count(f[name])} {word}"
        for name, word in (
            ("input_tokens", "in"),
            ("output_tokens", "out"),
            ("cache_read_tokens", "cached"),
            ("reasoning_tokens", "reasoning"),
        )
        if f.get(name) is not None
    ]
    cost = f.get("cost_usd")
    return [
        ("kind", f.get("kind") or fmt.UNKNOWN),
        ("status", str(f.get("status") or "")),
        ("started", fmt.timestamp(start)),
        (
            "duration",
            running or (fmt.UNKNOWN if end is None or start is None else fmt.duration(end - start)),
        ),
        ("agent", f.get("agent_name") or ""),
        ("service", f.get("service_name") or ""),
        ("model", f.get("response_model") or f.get("request_model") or ""),
        ("tool", f.get("tool_name") or ""),
        ("tokens", ", ".join(tokens)),
        ("cost", f"{fmt.money(cost)} ({f.get('cost_status')})" if cost is not None else ""),
        ("session", f.get("session_id") or ""),
        ("trace", f.get("trace_id") or ""),
        ("span", f.get("span_id") or ""),
    ]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def fenced(text: str, language: str = "") -> str:
    """Return `text` in a fence longer than any inside it."""
    longest = max((len(found[0]) for found in _BACKTICKS.finditer(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _indented(document: TextDocument) -> str:
    parts: list[str] = []
    for _, leaf in document.leaves():
        parts.append(leaf.plain_text() if isinstance(leaf, Lines) else _margin(leaf))
    return "\n".join(parts)


def _margin(source: Source) -> str:
    return "\n".join(
        " " * source.indent + row if row else row for row in source.plain_text().split("\n")
    )
