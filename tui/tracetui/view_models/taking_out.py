"""What can be taken out of a view: copied, opened in another program, saved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracetui_store.rows import SpanDetail

from tracetui.view_models.detail import Tab
from tracetui.view_models.detail_records import whole_span
from tracetui.view_models.json_text import heavied, pretty
from tracetui.view_models.markdown import fenced, span_as_markdown
from tracetui.view_models.sanitise import sanitise

_INPUT = ("system_instructions", "input_messages", "tool_arguments", "retrieval_query")
_OUTPUT = ("output_messages", "tool_result", "documents")
_CONTENT = {
    "call": ("tool_arguments", "tool_result"),
    "input": (*_INPUT, "input_value"),
    "output": (*_OUTPUT, "output_value"),
    "messages": ("system_instructions", "input_messages", "output_messages", "tool_definitions"),
    "documents": ("retrieval_query", "documents"),
    "evaluations": ("evaluations",),
}
"""What of the folded content each tab is about."""
_RECORDS = {
    "attributes": ("attributes", "resource", "scope_attributes", "extra"),
    "events": ("events",),
    "links": ("links",),
    "logs": ("logs",),
    "overview": ("fields",),
}
"""What of the span as it was sent each tab is about."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text to take out; it is the true one, made when it is asked for."""

    label: str
    build: Callable[[], str]
    suffix: str = ".txt"
    """What a file of it ends in."""


def span_takes(
    detail: SpanDetail, folded: dict[str, Any], tab: Tab | None, shown: Callable[[], str]
) -> list[Taken]:
    """Return what can be taken out of a span: first what the pane shows, last its ids.

    Args:
        detail: The span.
        folded: Its folded content.
        tab: The tab in front; None leaves out what concerns it.
        shown: Returns the text that the tab shows.
    """
    fields = detail.fields
    name = " ".join(sanitise(str(fields.get("name") or "(no name)"))[:40].split())
    found: list[Taken] = []
    if tab is not None:
        text = tab_text(tab, shown)
        found = [
            text,
            Taken(f"{tab.label} as JSON", lambda: _tab_json(tab.id, detail, folded), ".json"),
            Taken(f"{tab.label} as Markdown", lambda: _tab_markdown(tab, text.build()), ".md"),
        ]
    found += [
        Taken(f"{name} as Markdown", lambda: span_as_markdown(detail, folded), ".md"),
        Taken("The whole span as JSON", lambda: pretty(whole_span(detail)), ".json"),
    ]
    for label, name in (("Span id", "span_id"), ("Trace id", "trace_id")):
        value = fields.get(name)
        if value:
            found.append(Taken(label, lambda value=str(value): value))
    return found


def tab_text(tab: Tab, shown: Callable[[], str]) -> Taken:
    """Return the text that a tab shows."""
    return Taken(f"{tab.label} as text", shown, ".json" if tab.id == "raw" else ".txt")


def _tab_json(tab_id: str, detail: SpanDetail, folded: dict[str, Any]) -> str:
    if tab_id in _CONTENT:
        return pretty(
            {name: heavied(folded[name]) for name in _CONTENT[tab_id] if folded.get(name)}
        )
    whole = whole_span(detail)
    names = _RECORDS.get(tab_id, tuple(whole))
    found = {name: whole[name] for name in names if name in whole}
    return pretty(found[names[0]] if len(names) == 1 and names[0] in found else found)


def _tab_markdown(tab: Tab, text: str) -> str:
    language = "json" if tab.id == "raw" else ""
    return f"### {tab.label}\n\n{fenced(text, language)}\n"


def file_name(name: str, suffix: str) -> str:
    """Return a name for a file of something called `name`: letters, digits, `-` and `_` only."""
    kept = "".join(char if char.isalnum() and char.isascii() else "-" for char in sanitise(name))
    words = "-".join(part for part in kept.split("-") if part)[:48]
    return f"{words or 'span'}{suffix}"
