"""What the detail pane shows of a span: tabs, each built only when it is looked at."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tracetui_store.rows import SpanDetail

from tracetui.view_models import detail_messages as content
from tracetui.view_models import detail_records as records
from tracetui.view_models.declarations import Declaration, own_declaration
from tracetui.view_models.detail_call import call_document
from tracetui.view_models.detail_overview import overview
from tracetui.view_models.json_text import value_document
from tracetui.view_models.text_document import TextDocument, joined


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of a span; `build` formats it, raw or pretty."""

    id: str
    label: str
    build: Callable[[bool], TextDocument]
    count: int | None = None

    @property
    def title(self) -> str:
        """The label with its count, e.g. `Events 3`."""
        return self.label if self.count is None else f"{self.label} {self.count:,}"


def tabs(
    detail: SpanDetail,
    folded: dict[str, Any],
    declaration: Declaration | None = None,
    raw_text: str | None = None,
) -> list[Tab]:
    """Return the tabs that have content, in their order; Overview and Raw are always there.

    Args:
        detail: The span.
        folded: Its folded content, keys as in the convention vectors; any may be absent.
        declaration: How the tool that it calls was declared, if that is known.
        raw_text: All of the span as JSON, if that is made already.
    """
    turns = len(folded.get("input_messages") or []) + len(folded.get("output_messages") or [])
    found = [Tab("overview", "Overview", lambda raw: _overview(detail, folded, raw=raw))]
    if detail.fields.get("kind") == "tool" and _any(folded, (("", "tool_arguments"),)):
        declaration = declaration or own_declaration(detail)
        found.append(
            Tab("call", "Call", lambda raw: call_document(detail, folded, declaration, raw=raw))
        )
    if _has_input(folded):
        found.append(Tab("input", "Input", lambda raw: input_document(folded, raw=raw)))
    if _has_output(folded):
        found.append(Tab("output", "Output", lambda raw: output_document(folded, raw=raw)))
    if turns or folded.get("system_instructions"):
        found.append(Tab("messages", "Messages", lambda raw: _messages(folded, raw=raw), turns))
    if evaluations := folded.get("evaluations"):
        build = _evaluations(evaluations)
        found.append(Tab("evaluations", "Evaluations", build, len(evaluations)))
    counted: tuple[tuple[str, str, list[Any] | dict[str, Any], _Builder], ...] = (
        ("attributes", "Attributes", detail.attributes, records.attributes),
        ("events", "Events", detail.events, records.events),
        ("links", "Links", detail.links, records.links),
        ("logs", "Logs", detail.logs, records.logs),
    )
    for tab_id, label, rows, build in counted:
        if rows or (tab_id == "attributes" and (detail.resource or detail.extra)):
            found.append(Tab(tab_id, label, _records(detail, rows, build), len(rows)))
    found.append(Tab("raw", "Raw", lambda raw: records.raw_span(detail, raw_text, one_line=raw)))
    return found


def _evaluations(found: list[dict[str, Any]]) -> Callable[[bool], TextDocument]:
    return lambda raw: value_document(found, indent=0) if raw else content.evaluations(found)


_Builder = Callable[[SpanDetail], TextDocument]


def _records(
    detail: SpanDetail, rows: list[Any] | dict[str, Any], build: _Builder
) -> Callable[[bool], TextDocument]:
    def document(raw: bool) -> TextDocument:
        if not raw:
            return build(detail)
        plain = rows if isinstance(rows, dict) else [dataclasses.asdict(row) for row in rows]
        return value_document(plain, indent=0)

    return document


def _overview(detail: SpanDetail, folded: dict[str, Any], *, raw: bool) -> TextDocument:
    if raw:
        known = {name: value for name, value in detail.fields.items() if value is not None}
        return value_document(known, indent=0)
    return overview(detail, folded)


def _messages(folded: dict[str, Any], *, raw: bool) -> TextDocument:
    if not raw:
        return content.messages(folded)
    names = ("system_instructions", "input_messages", "output_messages", "tool_definitions")
    return value_document({n: folded[n] for n in names if folded.get(n)}, indent=0)


_INPUTS = (
    ("Arguments", "tool_arguments"),
    ("Query", "retrieval_query"),
    ("Input", "input_value"),
)
_OUTPUTS = (
    ("Result", "tool_result"),
    ("Output", "output_value"),
)


def _has_input(folded: dict[str, Any]) -> bool:
    return _any(folded, _INPUTS) or bool(folded.get("input_messages"))


def _has_output(folded: dict[str, Any]) -> bool:
    return (
        _any(folded, _OUTPUTS)
        or bool(folded.get("output_messages"))
        or bool(folded.get("documents"))
    )


def _any(folded: dict[str, Any], names: tuple[tuple[str, str], ...]) -> bool:
    return any(_present(folded.get(name)) for _, name in names)


def _present(value: Any) -> bool:
    return value is not None and value != ""


def input_document(folded: dict[str, Any], *, raw: bool = False) -> TextDocument:
    """Return what the span was given; for a model call, the turns that are new to it."""
    named = _distinct(folded, _INPUTS)
    if folded.get("input_messages") and not (raw and named):
        named = [(name, value) for name, value in named if name != "Input"]
        return joined([*_named(named, raw=raw), content.latest_input(folded)])
    return joined(_named(named, raw=raw))


def output_document(folded: dict[str, Any], *, raw: bool = False) -> TextDocument:
    """Return what the span gave back."""
    named = _distinct(folded, _OUTPUTS)
    parts: list[TextDocument] = []
    if not raw or not named:
        parts = [content.documents(folded), content.output_messages(folded)]
        if any(part.blocks for part in parts):
            named = [(name, value) for name, value in named if name != "Output"]
    return joined([*_named(named, raw=raw), *parts])


def _distinct(folded: dict[str, Any], names: tuple[tuple[str, str], ...]) -> list[tuple[str, Any]]:
    """Return the named values that are there, each once: a tool's arguments are its input too."""
    seen: list[tuple[str, Any]] = []
    for label, name in names:
        value = folded.get(name)
        if _present(value) and not (seen and label in {"Input", "Output"}):
            seen.append((label, value))
    return seen


def _named(values: list[tuple[str, Any]], *, raw: bool) -> list[TextDocument]:
    return [content.named_value(name, value, raw=raw) for name, value in values]
