"""The content of a span: messages, tool calls, documents, inputs and outputs."""

import base64
import binascii
from typing import Any

from tracetui.view_models import format as fmt
from tracetui.view_models.facts import heading
from tracetui.view_models.json_text import PRETTY_LIMIT, size_of, value_document
from tracetui.view_models.text_document import (
    Lines,
    Piece,
    Role,
    Source,
    TextDocument,
    joined,
    line,
    text_lines,
)

_ROLE_LOOK: dict[str, Role] = {"user": "heading", "assistant": "ok", "tool": "warning"}
_MEDIA = frozenset({"uri", "blob", "file", "image", "audio", "video", "document"})
_SHOWN_URI = 200

Message = dict[str, Any]


def messages(folded: dict[str, Any]) -> TextDocument:
    """Return the whole exchange: instructions, input turns, output turns."""
    parts: list[TextDocument] = []
    if system := folded.get("system_instructions"):
        parts.append(_turn_head("system", "") + value_document(system))
    parts.extend(map(message, folded.get("input_messages") or []))
    parts.extend(message(m, note="output") for m in folded.get("output_messages") or [])
    return joined(parts)


def latest_input(folded: dict[str, Any]) -> TextDocument:
    """Return the messages after the last assistant's: what this call was newly given."""
    turns: list[Message] = folded.get("input_messages") or []
    last = max((i for i, turn in enumerate(turns) if turn.get("role") == "assistant"), default=-1)
    new = turns[last + 1 :] or turns[-1:]
    earlier = len(turns) - len(new)
    note = [_dim(f"+{earlier} earlier, under Messages")] if earlier else []
    return joined([*note, *map(message, new)])


def output_messages(folded: dict[str, Any]) -> TextDocument:
    """Return what the model answered."""
    return joined([message(turn) for turn in folded.get("output_messages") or []])


def message(turn: Message, note: str = "") -> TextDocument:
    """Return one turn: its role as a heading, then its parts."""
    notes = [note, turn.get("name"), turn.get("finish_reason")]
    document = _turn_head(str(turn.get("role") or "?"), " · ".join(str(n) for n in notes if n))
    parts: list[dict[str, Any]] = turn.get("parts") or []
    if not parts:
        return document + text_lines(line("  ", Piece("empty", "dim")))
    return document + joined([_part(part) for part in parts])


def _turn_head(role: str, note: str) -> TextDocument:
    pieces = [Piece("▌", _ROLE_LOOK.get(role, "dim")), Piece(role, "strong")]
    if note:
        pieces.append(Piece(f"  {note}", "dim"))
    return text_lines(line(*pieces))


def _part(part: dict[str, Any]) -> TextDocument:
    kind = part.get("type")
    if kind == "text":
        return value_document(part.get("content") or "")
    if kind == "reasoning":
        text = str(part.get("content") or "")
        lines = Lines((line("  ", Piece("reasoning", "label")),))
        return TextDocument((lines, Source(text, indent=2, role="dim")))
    if kind == "tool_call":
        head = _call_head("→", str(part.get("name") or "?"), part.get("id"))
        arguments = part.get("arguments")
        return head if arguments is None else head + value_document(arguments, indent=4)
    if kind == "tool_call_response":
        head = _call_head("←", str(part.get("name") or "result"), part.get("id"))
        response = part.get("response", part.get("result"))
        return head if response is None else head + value_document(response, indent=4)
    if kind in _MEDIA:
        return media(part)
    return _dim(f"  {kind or 'part of no type'}") + value_document(part)


def _call_head(arrow: str, name: str, call_id: Any) -> TextDocument:
    pieces = [Piece(f"  {arrow} ", "accent"), Piece(name, "strong")]
    if call_id:
        pieces.append(Piece(f"  {call_id}", "dim"))
    return text_lines(line(*pieces))


def media(part: dict[str, Any]) -> TextDocument:
    """Name a picture, file or other bytes with its type and size, never its content."""
    mime = part.get("mime_type") or part.get("media_type") or part.get("modality")
    words = [str(part["type"])] + ([str(mime)] if mime else [])
    place = part.get("uri") or part.get("url") or part.get("file_id")
    content = part.get("content") or part.get("data")
    if isinstance(place, str) and place.startswith("data:"):
        head, _, content = place.partition(",")
        words.append(head[5:].partition(";")[0])
        place = None
    if isinstance(content, str):
        words.append(fmt.byte_size(_decoded_size(content)))
    pieces = [Piece("  " + "  ".join(dict.fromkeys(words)), "label")]
    if place:
        pieces.append(Piece(f"  {str(place)[:_SHOWN_URI]}", "string"))
    return text_lines(line(*pieces, hang=4))


def _decoded_size(content: str) -> int:
    """Return the bytes that base64 `content` holds, or its own length if it is none."""
    try:
        base64.b64decode(content[:4_096], validate=True)
    except (binascii.Error, ValueError):
        return len(content.encode(errors="replace"))
    return len(content.rstrip("=")) * 3 // 4


def documents(folded: dict[str, Any]) -> TextDocument:
    """Return retrieved documents: a table by rank, then each text."""
    rows: list[dict[str, Any]] = folded.get("documents") or []
    if not rows:
        return TextDocument()
    ids = [str(row.get("id") if row.get("id") is not None else fmt.NOTHING)[:24] for row in rows]
    scores = [_score(row) for row in rows]
    id_cells = max(2, *map(len, ids))
    score_cells = max(5, *map(len, scores))
    measure = "score"
    if all(row.get("score") is None for row in rows):
        measure = "distance" if any(row.get("distance") is not None for row in rows) else "score"
    score_cells = max(score_cells, len(measure))
    head = f"   #  {measure:>{score_cells}}  {'id':<{id_cells}}  begins"
    lines = [line(Piece(head, "label"))]
    for rank, (row, id_, score) in enumerate(zip(rows, ids, scores, strict=True), start=1):
        begins = " ".join(str(row.get("content") or "")[:200].split())
        lines.append(
            line(
                Piece(f"  {rank:>2}  ", "dim"),
                Piece(f"{score:>{score_cells}}", "number"),
                f"  {id_:<{id_cells}}  ",
                Piece(begins, "dim"),
                cut=True,
            )
        )
    table = heading("Documents", str(len(rows))) + text_lines(*lines)
    return joined([table, *(_document(rank, row) for rank, row in enumerate(rows, start=1))])


def _score(row: dict[str, Any]) -> str:
    score = row.get("score")
    if score is None:
        score = row.get("distance")  # lower is better: the table says which it is
    if score is None:
        return fmt.UNKNOWN
    return f"{score:.4g}" if isinstance(score, float) else str(score)


def _document(rank: int, row: dict[str, Any]) -> TextDocument:
    name = f"{rank}" + (f"  {row['id']}" if row.get("id") is not None else "")
    result = text_lines(line(Piece("▌", "accent"), Piece(name, "strong")))
    result += value_document(row.get("content") or "")
    if metadata := row.get("metadata"):
        result += value_document(metadata)
    return result


def evaluations(found: list[dict[str, Any]]) -> TextDocument:
    """Return evaluations: label and score, who gave them, and why."""
    parts: list[TextDocument] = []
    for evaluation in found:
        pieces = [
            Piece("★ ", "accent"),
            Piece(str(evaluation.get("name") or "evaluation"), "strong"),
        ]
        label, score = evaluation.get("label"), evaluation.get("score")
        if label is not None:
            pieces.append(Piece(f"  {label}", "heading"))
        shown = fmt.UNKNOWN if label is None and score is None else score
        if shown is not None:
            pieces.append(Piece(f"  {_score({'score': shown})}", "number"))
        notes = [evaluation.get("scope"), evaluation.get("annotator")]
        pieces += [Piece(f"  {note}", "dim") for note in notes if note and note != "span"]
        explained = evaluation.get("explanation")
        document = text_lines(line(*pieces, hang=2))
        parts.append(document + value_document(str(explained)) if explained else document)
    return joined(parts)


def named_value(name: str, value: Any, *, raw: bool) -> TextDocument:
    """Return a value under its name, with its size where that says something."""
    note = size_of(value) if isinstance(value, str) and len(value) > PRETTY_LIMIT // 100 else ""
    return heading(name, note) + value_document(value, raw=raw)


def _dim(text: str) -> TextDocument:
    return text_lines(line(Piece(text, "dim")))
