"""A chat as items: what the cursor stands on, what folds, what `Enter` leads to."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from tracetui.view_models import format as fmt
from tracetui.view_models.conversation import parts
from tracetui.view_models.conversation.history import Message
from tracetui.view_models.conversation.outline import Outline, Thread
from tracetui.view_models.conversation.turns import ToolUse, Turn
from tracetui.view_models.conversation.words import change_words, turn_facts
from tracetui.view_models.kinds import ERROR_MARK, glyph
from tracetui.view_models.text_document import Block, Lines, Piece, TextDocument, line

Key: TypeAlias = tuple[Any, ...]
"""Names an item, the same whenever the chat is drawn again."""

INDENT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A part of a chat, drawn as it is folded now."""

    key: Key
    blocks: tuple[Block, ...]
    turn: int
    """Number of the turn of the chat that is shown; of nested chats, the turn that holds them."""
    target: tuple[str, int] | None
    """Trace and row of the span it comes from."""
    is_head: bool = False
    """Whether it is the first line of a turn of the chat that is shown."""
    folds: bool = False
    """Whether there is more to it, or was before it was unfolded."""
    folded: bool = False
    text: str = ""
    """All it says, folded or not: what a search looks through."""
    thread: str | None = None
    """The chat that unfolds in it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is known when a chat is drawn."""

    outline: Outline
    turns: Mapping[str, Sequence[Turn]]
    """Turns of threads, as far as they are read."""
    unfolded: AbstractSet[Key]


def turn_items(drawing: Drawing, thread: Thread, turn: Turn, *, full: bool = False) -> list[Item]:
    """Return a turn of a chat.

    Args:
        drawing: What is known.
        thread: Whose turn it is.
        turn: The turn.
        full: All messages the model was sent, instead of the new ones.
    """
    return list(_Turn(drawing, thread, turn, 0, turn.number, full=full).items())


class _Turn:
    def __init__(
        self,
        drawing: Drawing,
        thread: Thread,
        turn: Turn,
        level: int,
        outer: int,
        *,
        full: bool = False,
    ) -> None:
        self._drawing = drawing
        self._thread = thread
        self._turn = turn
        self._level = level
        self._outer = outer
        self._full = full
        self._indent = INDENT * (level + 1)

    def items(self) -> Iterator[Item]:
        """Yield the items from head to end."""
        turn = self._turn
        yield self._head()
        if turn.system is not None and (turn.system_changed or self._full):
            yield self._part(
                ("system",), {"type": "text", "content": turn.system}, parts.SYSTEM_LINES, "system"
            )
        for number, use in enumerate(turn.before):
            yield from self._step(("before", number), use)
        yield from self._told()
        if turn.documents:
            yield self._documents(("documents",), turn.documents, None)
        if turn.ref.error:
            yield self._line(("error",), _error_pieces(turn.ref.error_type, turn.ref.error_message))
        for i, message in enumerate(turn.answer):
            yield from self._message(("out", i), message, i)
        if not turn.says_something:
            yield self._line(("nothing",), [Piece(parts.NO_CONTENT, "dim")])
        for key in turn.started:
            yield from self._agent(key)
        for number, use in enumerate(turn.after):
            yield from self._step(("after", number), use)

    def _told(self) -> Iterator[Item]:
        """Yield what the model was sent: the news, and the rest where it is unfolded."""
        turn = self._turn
        told = turn.input
        if self._full:
            for i, message in enumerate(told.messages()):
                yield from self._message(("full", i), message)
            return
        words, role = change_words(turn)
        key = self._key("earlier")
        unfolded = key in self._drawing.unfolded
        if told.kept:
            mark = "▾" if unfolded else "▸"
            pieces = [Piece(f"{mark} +{told.kept:,} earlier", "accent")]
            if words:
                pieces.append(Piece(f"  {words}", role))
            yield replace(self._line(("earlier",), pieces), folds=True, folded=not unfolded)
            if unfolded:
                for i, message in enumerate(told.messages()[: told.kept]):
                    yield from self._message(("old", i), message)
        elif words:
            yield self._line(("change",), [Piece(words, role)])
        yield from self._news()

    def _news(self) -> Iterator[Item]:
        turn = self._turn
        for i, message in enumerate(turn.input.new):
            sent = message.get("parts") or []
            left = [j for j in range(len(sent)) if (i, j) not in turn.told]
            if i in turn.input.carried:
                note = f"{message.get('role') or '?'}: said before"
                yield from self._folded_message(("new", i), message, note)
            elif left or not sent:
                yield from self._message(("new", i), message, only=left if sent else None)

    def _folded_message(self, name: Key, message: Message, note: str) -> Iterator[Item]:
        key = self._key(*name)
        unfolded = key in self._drawing.unfolded
        mark = "▾" if unfolded else "▸"
        head = self._line(name, [Piece(f"{mark} {note}", "dim")])
        yield replace(head, folds=True, folded=not unfolded)
        if unfolded:
            yield from self._message((*name, "whole"), message)

    def _message(
        self, name: Key, message: Message, answer: int | None = None, only: list[int] | None = None
    ) -> Iterator[Item]:
        """Yield a message; `answer` is its index in the output, `only` the parts to show."""
        role = str(message.get("role") or "?")
        sent = message.get("parts") or []
        if not sent:
            yield self._line(name, [Piece(f"{role}: empty", "dim")])
        speaker: str | None = role if message.get("name") is None else f"{role} {message['name']}"
        for j, part in enumerate(sent):
            if only is not None and j not in only:
                continue
            use = None if answer is None else self._turn.uses.get((answer, j))
            if use is not None:
                yield from self._use((*name, j), use)
                speaker = role
            else:
                yield self._part((*name, j), part, parts.lines_shown(part), speaker)
                speaker = None

    def _head(self) -> Item:
        turn, level = self._turn, self._level
        pieces = [
            Piece(" " + "  " * level),
            Piece("▌", "heading"),
            Piece(f"{turn.number}", "heading"),
        ]
        pieces += [Piece(f" {glyph('llm')} ", "accent"), *turn_facts(turn)]
        blocks = (Lines((line(), line(*pieces, cut=True))),)
        made = self._make(("head",), blocks, "".join(piece.text for piece in pieces))
        return replace(made, is_head=not level)

    def _part(self, name: Key, part: dict[str, Any], shown: int, speaker: str | None) -> Item:
        key = self._key(*name)
        drawn = parts.draw(
            part, self._indent, shown, speaker, unfolded=key in self._drawing.unfolded
        )
        made = self._make(name, drawn.blocks, drawn.text)
        return replace(made, folds=drawn.folds, folded=drawn.folded)

    def _use(self, name: Key, use: ToolUse) -> Iterator[Item]:
        """Yield a tool call of the model, its result and the agents it started."""
        yield from self._step(name, use, mark="→")

    def _step(self, name: Key, use: ToolUse, mark: str | None = None) -> Iterator[Item]:
        unfolded = self._key(*name) in self._drawing.unfolded
        drawn = parts.draw_use(use, self._indent, mark, unfolded=unfolded)
        target = None if use.step is None else (use.step.trace_id, use.step.row_id)
        made = self._make(name, drawn.blocks, drawn.text)
        yield replace(made, folds=drawn.folds, folded=drawn.folded, target=target or made.target)
        if use.documents:
            yield self._documents((*name, "documents"), use.documents, target)
        for key in use.threads:
            yield from self._agent(key)

    def _documents(
        self,
        name: Key,
        documents: Sequence[dict[str, Any]],
        target: tuple[str, int] | None,
    ) -> Item:
        unfolded = self._key(*name) in self._drawing.unfolded
        drawn = parts.draw_documents(documents, self._indent, unfolded=unfolded)
        made = self._make(name, drawn.blocks, drawn.text)
        return replace(made, folds=True, folded=not unfolded, target=target or made.target)

    def _agent(self, thread_key: str) -> Iterator[Item]:
        """Yield an agent that was started here; its turns where it is unfolded."""
        thread = self._drawing.outline.thread(thread_key)
        if thread is None:
            return
        unfolded = self._key("agent", thread_key) in self._drawing.unfolded
        pieces = [
            Piece("▾ " if unfolded else "▸ ", "accent"),
            Piece(f"{glyph('agent')} {thread.title}", "strong"),
            Piece(f"  {thread_words(thread)}", "dim"),
        ]
        if any(call.error for call in thread.calls):
            pieces.append(Piece(f"  {ERROR_MARK}", "error"))
        first = thread.calls[0]
        head = self._line(("agent", thread_key), pieces)
        yield replace(
            head,
            folds=True,
            folded=not unfolded,
            thread=thread_key,
            target=(first.trace_id, first.row_id),
        )
        if not unfolded:
            return
        turns = self._drawing.turns.get(thread_key, ())
        for turn in turns:
            inner = _Turn(self._drawing, thread, turn, self._level + 1, self._outer)
            yield from inner.items()
        if len(turns) < len(thread.calls):
            yield self._line(("agent", thread_key, "loading"), [Piece("  Loading …", "dim")])

    def _line(self, name: Key, pieces: list[Piece]) -> Item:
        made = line(" " * self._indent, *pieces, hang=self._indent + 2)
        return self._make(name, (Lines((made,)),), "".join(piece.text for piece in pieces))

    def _make(self, name: Key, blocks: tuple[Block, ...], text: str) -> Item:
        ref = self._turn.ref
        target = (ref.trace_id, ref.row_id)
        return Item(self._key(*name), blocks, self._outer, target, text=text)

    def _key(self, *name: Any) -> Key:
        return (self._thread.key, self._turn.number, *name)


def _error_pieces(kind: str | None, message: str | None) -> list[Piece]:
    pieces = [Piece(f"{ERROR_MARK} {kind or 'error'}", "error")]
    if message:
        pieces.append(Piece(f"  {message}", "error"))
    return pieces


def thread_words(thread: Thread) -> str:
    """Return how long a chat is and what it cost, as far as that is known."""
    count = len(thread.calls)
    words = [f"{count:,} turn{'' if count == 1 else 's'}"]
    sums = [call.output_tokens for call in thread.calls if call.output_tokens is not None]
    sent = [call.input_tokens for call in thread.calls if call.input_tokens is not None]
    if sums or sent:
        least = len(sums) < count or len(sent) < count
        words.append(f"{fmt.tokens(sum(sums) + sum(sent), lower_bound=least)} tok")
    costs = [call.cost_usd for call in thread.calls if call.cost_usd is not None]
    if costs:
        words.append(fmt.money(sum(costs), lower_bound=len(costs) < count))
    return "  ".join(words)


def document(items: Sequence[Item]) -> TextDocument:
    """Return the text of items."""
    return TextDocument(tuple(block for item in items for block in item.blocks))


def fold_keys(items: Sequence[Item], turn: int) -> list[Key]:
    """Return what can be folded in a turn."""
    return [item.key for item in items if item.turn == turn and item.folds]
