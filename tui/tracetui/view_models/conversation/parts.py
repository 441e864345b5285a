"""Parts of messages and tool calls of a chat, as blocks; what is long shows its beginning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tracetui.view_models import format as fmt
from tracetui.view_models.conversation.turns import ToolUse
from tracetui.view_models.detail_messages import documents as documents_document
from tracetui.view_models.detail_messages import media
from tracetui.view_models.json_text import (
    compact,
    looks_like_json,
    name_binary,
    pretty_text,
    size_of,
)
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK, glyph
from tracetui.view_models.text_document import Block, Language, Lines, Piece, Role, Source, line

ROLE_LOOK: dict[str, Role] = {"user": "heading", "assistant": "ok", "tool": "warning"}
SYSTEM_LINES = 4
_TEXT_LINES = 40
_REASONING_LINES = 6
_VALUE_LINES = 8
_LINE_CELLS = 160
"""Characters that count as one line: a text without line breaks is long too."""
NO_CONTENT = "no messages recorded: the instrumentation did not capture content"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Blocks, and whether there is more."""

    blocks: tuple[Block, ...]
    text: str
    """All of the real text."""
    folds: bool = False
    folded: bool = False


def lines_shown(part: dict[str, Any]) -> int:
    """Return how many lines of a part are shown while it is folded."""
    kind = part.get("type")
    if kind == "text":
        return _TEXT_LINES
    return _REASONING_LINES if kind == "reasoning" else _VALUE_LINES


def draw(
    part: dict[str, Any], indent: int, shown: int, speaker: str | None, *, unfolded: bool
) -> Drawn:
    """Return a part of a message; `speaker` is named before the first of a message's parts."""
    kind = part.get("type")
    head: tuple[Block, ...] = ()
    if speaker is not None:
        mark = Piece("▎", ROLE_LOOK.get(speaker.partition(" ")[0], "dim"))
        head = (Lines((line(" " * (indent - 1), mark, Piece(speaker, "strong")),)),)
    if kind in {"text", "refusal"}:
        return _headed(head, long_text(part.get("content"), indent, shown, unfolded=unfolded))
    if kind == "reasoning":
        content = part.get("content")
        note = "reasoning" if content else f"reasoning, hidden{_size(part)}"
        label = Lines((line(" " * indent, Piece(note, "label")),))
        body = Drawn((), "")
        if content:
            body = long_text(content, indent + 2, shown, unfolded=unfolded, role="dim")
        return _headed((*head, label), body)
    if kind == "tool_call":
        name = Piece(str(part.get("name") or "?"), "strong")
        label = Lines((line(" " * indent, Piece("→ ", "accent"), name),))
        return _headed(
            (*head, label), _value(part.get("arguments"), indent + 2, shown, unfolded=unfolded)
        )
    if kind == "tool_call_response":
        label = Lines((line(" " * indent, Piece("← ", "accent"), Piece("result", "strong")),))
        result = part.get("response", part.get("result"))
        return _headed((*head, label), _value(result, indent + 2, shown, unfolded=unfolded))
    if "content" in part or "uri" in part or "size" in part or "modality" in part:
        document = media(part)
        return Drawn((*head, *document.blocks), document.plain_text())
    label = Lines((line(" " * indent, Piece(str(kind or "part of no type"), "dim")),))
    return _headed((*head, label), _value(part, indent, shown, unfolded=unfolded))


def draw_use(use: ToolUse, indent: int, mark: str | None, *, unfolded: bool) -> Drawn:
    """Return a tool call with its arguments and, below them, its result."""
    step = use.step
    sign = mark or glyph(None if step is None else step.kind)
    pieces = [Piece(f"{sign} ", "accent"), Piece(use.name, "strong")]
    if step is not None:
        start, end = step.start_time_unix_nano, step.end_time_unix_nano
        if start is not None and end is not None:
            pieces.append(Piece(f"  {fmt.duration(end - start)}", "dim"))
        elif end is None and not use.answered:
            pieces.append(Piece(f"  {RUNNING_MARK} running", "warning"))
    blocks: list[Block] = [Lines((line(" " * indent, *pieces),))]
    asked = _value(use.arguments, indent + 2, _VALUE_LINES, unfolded=unfolded)
    blocks += asked.blocks
    drawn = [asked]
    if step is not None and step.error:
        words = f"{ERROR_MARK} {step.error_type or 'error'}"
        said = Piece(f"{words}  {step.error_message or ''}".rstrip(), "error")
        blocks.append(Lines((line(" " * indent, said, hang=indent + 2),)))
    if use.answered and not use.documents:
        blocks.append(Lines((line(" " * indent, Piece("← ", "accent"), Piece("result", "label")),)))
        drawn.append(_value(use.result, indent + 2, _VALUE_LINES, unfolded=unfolded))
        blocks += drawn[-1].blocks
    elif not use.answered:
        blocks.append(Lines((line(" " * indent, Piece("← no result recorded", "dim")),)))
    return Drawn(
        tuple(blocks),
        "\n".join([use.name, *(d.text for d in drawn)]),
        any(d.folds for d in drawn),
        any(d.folded for d in drawn),
    )


def draw_documents(documents: Sequence[dict[str, Any]], indent: int, *, unfolded: bool) -> Drawn:
    """Return retrieved documents: how many, and unfolded their table and texts."""
    count = len(documents)
    words = f"{'▾' if unfolded else '▸'} {count} document{'' if count == 1 else 's'}"
    scores = [d["score"] for d in documents if isinstance(d.get("score"), (int, float))]
    if scores:
        words += f"  scores {max(scores):.3g} to {min(scores):.3g}"
    head = Lines((line(" " * indent, Piece(words, "accent")),))
    whole = documents_document({"documents": list(documents)})
    text = "\n".join(str(document.get("content") or "") for document in documents)
    blocks = (head, *whole.blocks) if unfolded else (head,)
    return Drawn(blocks, text, folds=True, folded=not unfolded)


def long_text(
    value: Any,
    indent: int,
    shown: int,
    *,
    unfolded: bool,
    role: Role = "",
    language: Language = "markdown",
) -> Drawn:
    """Return a text: all of it, or its first lines and how much more there is."""
    text = value if isinstance(value, str) else pretty_text(compact(value))
    if language != "json" and looks_like_json(text):
        language = "json"
        text = pretty_text(text)
    if not text.strip():
        return Drawn((Lines((line(" " * indent, Piece("empty", "dim")),)),), text)
    seen = name_binary(text).rstrip("\n")
    end = _cut(seen, shown)
    if end >= len(seen):
        return Drawn((Source(seen, language, indent, role),), text)
    if unfolded:
        less = Lines((line(" " * indent, Piece("▾ less", "accent")),))
        return Drawn((Source(seen, language, indent, role), less), text, folds=True)
    left = seen.count("\n", end)
    words = f"{left:,} more lines" if left > 1 else "more"
    more = Piece(f"▸ {words}, {size_of(seen)} in all", "accent")
    blocks = (
        Source(seen[:end].rstrip("\n"), language, indent, role),
        Lines((line(" " * indent, more),)),
    )
    return Drawn(blocks, text, folds=True, folded=True)


def _cut(text: str, shown: int) -> int:
    """Return where the first `shown` lines end; a long line counts as several."""
    end, left = 0, shown
    while left > 0 and end < len(text):
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop + 1
        needed = max(1, -(-(stop - end) // _LINE_CELLS))
        if needed > left:
            return end + left * _LINE_CELLS
        end, left = stop, left - needed
    # A fold that hides two lines costs as much as it saves.
    return len(text) if text.count("\n", end) < 2 and len(text) - end < 2 * _LINE_CELLS else end


def _value(value: Any, indent: int, shown: int, *, unfolded: bool) -> Drawn:
    if value is None:
        return Drawn((), "")
    if isinstance(value, str):
        return long_text(value, indent, shown, unfolded=unfolded)
    # What fits on a line is easier read there.
    text = compact(value)
    if len(text) > 72 - indent:
        text = pretty_text(text)
    return long_text(text, indent, shown, unfolded=unfolded, language="json")


def _headed(head: tuple[Block, ...], drawn: Drawn) -> Drawn:
    return Drawn((*head, *drawn.blocks), drawn.text, drawn.folds, drawn.folded)


def _size(part: dict[str, Any]) -> str:
    size = part.get("size")
    return f", {fmt.byte_size(size)}" if isinstance(size, int) else ""
