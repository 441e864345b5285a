"""`tracetui show --conversation`: the chats of traces as Markdown, or as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tracetui_store.protocol import TraceReader

from tracetui.headless.output import say, say_json, say_lines
from tracetui.screens.conversation_fetch import contents, conversation
from tracetui.view_models.conversation.markdown import thread_markdown
from tracetui.view_models.conversation.outline import Outline
from tracetui.view_models.conversation.turns import ToolUse, Turn, TurnReader
from tracetui.view_models.conversation.words import empty_words
from tracetui.view_models.sanitise import sanitise_block

DEFAULT_TURNS = 50
"""Turns of each chat that are printed for people."""
_TURNS_AT_ONCE = 32

Row = dict[str, Any]


def print_conversations(
    reader: TraceReader, rows: Sequence[Row], *, limit: int | None, as_json: bool
) -> None:
    """Print the chats of traces, each session once.

    Args:
        reader: Where to look.
        rows: The traces, as the list of traces has them.
        limit: Turns of each chat; 0 for all, None for what people can read.
        as_json: Whether to print one JSON object, with everything unless there is a limit.
    """
    count = DEFAULT_TURNS if limit is None and not as_json else limit or None
    told: set[str] = set()
    found: list[Row] = []
    for row in rows:
        if row["trace_id"] in told:
            continue
        outline = conversation(reader, row["trace_id"])
        told |= {call.trace_id for thread in outline.threads for call in thread.calls}
        turns = {
            thread.key: _turns(reader, outline, thread.key, count) for thread in outline.threads
        }
        if as_json:
            found.append(_as_json(outline, turns))
            continue
        if not outline.threads and len(rows) == 1:
            say_lines(empty_words(outline))
        for thread in outline.threads:
            if not thread.depth:
                for text in thread_markdown(outline, thread, turns, count):
                    say_lines(sanitise_block(text).split("\n"))
                    say()
    if as_json:
        say_json({"conversations": found})


def _turns(reader: TraceReader, outline: Outline, key: str, limit: int | None) -> list[Turn]:
    thread = outline.thread(key)
    if thread is None:
        return []
    turns = TurnReader(thread, outline.started_by(key), lambda refs: contents(reader, refs))
    found: list[Turn] = []
    while not turns.done and (limit is None or len(found) < limit):
        left = _TURNS_AT_ONCE if limit is None else min(limit - len(found), _TURNS_AT_ONCE)
        found += turns.take(left)
    return found


def _as_json(outline: Outline, turns: dict[str, list[Turn]]) -> Row:
    return {
        "trace_id": outline.trace_id,
        "session_id": outline.session_id,
        "agents": [
            {
                "id": thread.key,
                "agent_name": thread.agent,
                "started_by": thread.parent,
                "turn_count": len(thread.calls),
                "turns": [_turn(turn) for turn in turns[thread.key]],
            }
            for thread in outline.threads
        ],
    }


def _turn(turn: Turn) -> Row:
    """Return a turn: its span, what was new, what was answered, tool calls with their results."""
    told = turn.input
    return {
        "number": turn.number,
        **{name: value for name, value in asdict(turn.ref).items() if name != "row_id"},
        "change": told.change,
        "earlier_messages": told.kept,
        "dropped_messages": told.dropped,
        "system_instructions": turn.system if turn.system_changed else None,
        "new_messages": list(told.new),
        "output_messages": list(turn.answer),
        "tool_calls": [_use(use) for use in turn.uses.values()],
        "steps": [_use(use) for use in (*turn.before, *turn.after)],
    }


def _use(use: ToolUse) -> Row:
    return {
        "name": use.name,
        "id": use.call_id,
        "arguments": use.arguments,
        "answered": use.answered,
        "result": use.result,
        "span_id": None if use.step is None else use.step.span_id,
        "documents": list(use.documents),
        "started": list(use.threads),
    }
