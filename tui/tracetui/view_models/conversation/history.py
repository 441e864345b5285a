"""What a model call's input adds to the call before: the longest common prefix, and what differs.

Most instrumentation sends the whole history with every call. Messages are compared in a canonical
form, because what a model answered comes back in the next input in other words of the same
convention: without reasoning, without a finish reason, with arguments as text.

Source: MAPPING §5 for the canonical message.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tracetui.view_models.json_text import compact

Message: TypeAlias = dict[str, Any]
Change: TypeAlias = Literal["first", "grows", "same", "rewritten", "compacted", "anew"]

_LOOK_BACK = 8
"""Calls before the last one that are tried where the last one has nothing in common: an agent may
hold several chats at once."""
_COMPACTED_BELOW = 0.7
"""Share of the input tokens of the call before below which a history that was rewritten is called
compacted."""


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """The input of one call, as the difference to an earlier one."""

    base: "Input | None"
    kept: int
    """How many messages of what `base` was sent and answered this input begins with."""
    changed: dict[int, Message]
    """Of those, the ones that say the same in another form, by their index."""
    new: tuple[Message, ...]
    """Everything after them."""
    carried: frozenset[int]
    """Indexes into `new` of messages that were there before the history was rewritten."""
    change: Change
    dropped: int = 0
    """Messages of `base` that are gone."""
    answer: tuple[Message, ...] = ()
    """What the model said to it."""

    def messages(self) -> list[Message]:
        """Return the whole input, as it was sent."""
        chain: list[Input] = []
        at: Input | None = self
        while at is not None:
            chain.append(at)
            at = at.base
        whole: list[Message] = []
        for link in reversed(chain):
            if link.base is not None:
                whole += link.base.answer
            del whole[link.kept :]
            for index, message in link.changed.items():
                whole[index] = message
            whole += link.new
        return whole


@dataclass(slots=True)
class _Known:
    """A call that later ones are compared with."""

    entry: Input
    sent: list[Message]
    tokens: int | None
    span_id: str | None

    @property
    def context(self) -> list[Message]:
        return [*self.sent, *self.entry.answer]


@dataclass(slots=True)
class History:
    """The calls of a thread so far."""

    _known: list[_Known] = field(default_factory=list)

    def copy(self) -> "History":
        """Return a history that goes on from here by itself."""
        return History(list(self._known))

    def add(
        self,
        sent: Sequence[Message],
        answer: Sequence[Message],
        *,
        tokens: int | None = None,
        span_id: str | None = None,
        follows: str | None = None,
    ) -> Input:
        """Return what a call adds to those before.

        Args:
            sent: Its input messages.
            answer: Its output messages.
            tokens: Its input tokens, if known.
            span_id: Its span.
            follows: The call whose input and output go before `sent`, if that is only the news.
        """
        base = next((known for known in reversed(self._known) if known.span_id == follows), None)
        if follows is not None and base is not None:
            made = _told(base, sent, answer)
            whole = [*base.context, *sent]
        else:
            made = self._compared(list(sent), answer, tokens)
            whole = list(sent)
        self._known.append(_Known(made, whole, tokens, span_id))
        del self._known[:-_LOOK_BACK]
        return made

    def _compared(
        self, sent: list[Message], answer: Sequence[Message], tokens: int | None
    ) -> Input:
        if not self._known:
            return Input(None, 0, {}, tuple(sent), frozenset(), "first", 0, tuple(answer))
        base, kept = self._known[-1], common(self._known[-1].context, sent)
        if not kept:
            for known in reversed(self._known[:-1]):
                length = common(known.context, sent)
                if length > kept:
                    base, kept = known, length
        return _difference(base, kept, sent, answer, tokens)


def _told(base: _Known, sent: Sequence[Message], answer: Sequence[Message]) -> Input:
    """Return the input of a call that says itself what it follows."""
    change: Change = "grows" if sent else "same"
    kept = len(base.sent) + len(base.entry.answer)
    return Input(base.entry, kept, {}, tuple(sent), frozenset(), change, 0, tuple(answer))


def _difference(
    base: _Known, kept: int, sent: list[Message], answer: Sequence[Message], tokens: int | None
) -> Input:
    context = base.context
    new = sent[kept:]
    changed = {i: sent[i] for i in range(kept) if sent[i] != context[i]}
    before = len(base.sent)
    if kept >= before:
        change: Change = "grows" if new else "same"
        carried: frozenset[int] = frozenset()
        dropped = 0
    else:
        carried = frozenset(_carried(context[kept:], new))
        dropped = len(context) - kept - len(carried)
        change = _rewriting(base, kept + len(carried), sent, tokens)
    return Input(base.entry, kept, changed, tuple(new), carried, change, dropped, tuple(answer))


def _rewriting(base: _Known, left: int, sent: list[Message], tokens: int | None) -> Change:
    """Tell a summary from other changes by the tokens; nothing in common is a new chat."""
    before = base.tokens
    shrank = tokens is not None and before is not None and tokens < before * _COMPACTED_BELOW
    if shrank and (left or len(base.sent) > len(sent)):
        return "compacted"
    return "rewritten" if left else "anew"


def _carried(gone: list[Message], new: list[Message]) -> Iterator[int]:
    """Yield the indexes of `new` that say what one of `gone` said."""
    left = Counter(map(fingerprint, gone))
    for index, message in enumerate(new):
        key = fingerprint(message)
        if left[key]:
            left[key] -= 1
            yield index


def common(context: Sequence[Message], sent: Sequence[Message]) -> int:
    """Return how many messages `sent` begins with that `context` begins with too."""
    count = 0
    for known, message in zip(context, sent, strict=False):
        if known != message and fingerprint(known) != fingerprint(message):
            break
        count += 1
    return count


def fingerprint(message: Message) -> str:
    """Return what a message says, the same for every form of saying it."""
    texts: list[str] = []
    others: list[Any] = []
    answers = True
    for part in message.get("parts") or []:
        kind = part.get("type")
        if kind == "reasoning":
            continue
        answers = answers and kind == "tool_call_response"
        if kind == "text":
            texts.append(str(part.get("content") or "").strip())
        elif kind == "tool_call":
            others.append(["call", part.get("name"), part.get("arguments") or {}])
        elif kind == "tool_call_response":
            others.append(["result", part.get("response", part.get("result"))])
        else:
            others.append(part)
    # What a tool answered stands in a message of the user with some providers.
    role = "tool" if answers and others else message.get("role")
    return compact([role, "\n".join(filter(None, texts)), others])
