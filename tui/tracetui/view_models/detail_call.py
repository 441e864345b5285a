"""A tool call: arguments and result side by side, and how the tool was declared to the model."""

from typing import Any

from tracetui_store.rows import SpanDetail

from tracetui.view_models import format as fmt
from tracetui.view_models.declarations import Declaration
from tracetui.view_models.facts import heading
from tracetui.view_models.json_text import compact, value_document
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK
from tracetui.view_models.text_document import (
    Columns,
    Piece,
    TextDocument,
    joined,
    line,
    text_lines,
)

_MOST_PARAMETERS = 60


def call_document(
    detail: SpanDetail, folded: dict[str, Any], declaration: Declaration | None, *, raw: bool
) -> TextDocument:
    """Return a tool call: its arguments and result side by side, then the tool's declaration."""
    sides = Columns(
        heading("Arguments") + _value(folded.get("tool_arguments"), "none", raw=raw),
        heading("Result", _outcome(detail)) + _result(detail, folded, raw=raw),
    )
    parts = [_head(detail), TextDocument((sides,))]
    if declaration is not None:
        parts.append(_declared(declaration, folded.get("tool_arguments"), raw=raw))
    return joined(parts)


def _head(detail: SpanDetail) -> TextDocument:
    fields = detail.fields
    pieces = [Piece("■ ", "accent"), Piece(str(fields.get("tool_name") or "?"), "strong")]
    if fields.get("tool_call_id"):
        pieces.append(Piece(f"  {fields['tool_call_id']}", "dim"))
    return text_lines(line(*pieces, hang=2))


def _outcome(detail: SpanDetail) -> str:
    start = detail.fields.get("start_time_unix_nano")
    end = detail.fields.get("end_time_unix_nano")
    if end is None and start is not None:
        return f"{RUNNING_MARK} running"
    return "" if start is None or end is None else f"after {fmt.duration(end - start)}"


def _result(detail: SpanDetail, folded: dict[str, Any], *, raw: bool) -> TextDocument:
    fields = detail.fields
    shown = TextDocument()
    if fields.get("error"):
        kind = fields.get("error_type") or "error"
        said = fields.get("error_message") or fields.get("status_message") or ""
        shown = text_lines(
            line("  ", Piece(f"{ERROR_MARK} {kind}  {said}".rstrip(), "error"), hang=4)
        )
        if folded.get("tool_result") is None:
            return shown
    return shown + _value(folded.get("tool_result"), "not recorded", raw=raw)


def _value(value: Any, absent: str, *, raw: bool) -> TextDocument:
    if value is None:
        return text_lines(line("  ", Piece(absent, "dim")))
    return value_document(value, raw=raw)


def _declared(declaration: Declaration, arguments: Any, *, raw: bool) -> TextDocument:
    by = "by the model call that asked for it" if declaration.asked else "by an earlier model call"
    note = f"{by}, Enter goes there" if declaration.told_by else "by the span itself"
    head = line(Piece("Declared", "heading"), Piece(f"  {note}", "dim"), link=declaration.told_by)
    parts = text_lines(head)
    if declaration.description:
        parts += value_document(declaration.description)
    schema = declaration.parameters
    if schema is None and not declaration.description:
        return parts + text_lines(line("  ", Piece("by its name only", "dim")))
    if schema is None:
        return parts
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if raw or not isinstance(properties, dict) or not properties:
        return parts + value_document(schema, raw=raw)
    rows = _parameters(properties, set(_listed(schema.get("required"))), arguments)
    return parts + rows


def _listed(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _parameters(properties: dict[str, Any], required: set[str], arguments: Any) -> TextDocument:
    """Return a line per parameter, and what was given that is not one, or left out though it is."""
    given = {str(key) for key in arguments} if isinstance(arguments, dict) else None
    cells = min(max(len(str(name)) for name in properties), 24)
    lines = []
    for name, schema in list(properties.items())[:_MOST_PARAMETERS]:
        told = schema if isinstance(schema, dict) else {}
        pieces = [
            Piece(f"  {name:<{cells}}  ", "key"),
            Piece(f"{_type(told):<8}", "keyword"),
            Piece(" required" if name in required else "         ", "dim"),
        ]
        if given is not None and name in required and name not in given:
            pieces.append(Piece("  not given", "warning"))
        if told.get("description"):
            pieces.append(Piece(f"  {told['description']}"))
        lines.append(line(*pieces, hang=cells + 23))
    if len(properties) > _MOST_PARAMETERS:
        lines.append(line("  ", Piece(f"and {len(properties) - _MOST_PARAMETERS} more", "dim")))
    lines += [
        line(Piece(f"  {name:<{cells}}  ", "key"), Piece("not declared", "warning"))
        for name in sorted((given or set()) - {str(name) for name in properties})
    ]
    return text_lines(*lines)


def _type(schema: dict[str, Any]) -> str:
    if schema.get("enum"):
        return "enum"
    kind = schema.get("type")
    if isinstance(kind, list):
        return "|".join(map(str, kind))
    return str(kind) if kind else "any" if not schema else compact(schema)[:8]
