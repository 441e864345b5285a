"""What is said of a turn on one line, on screen and in Markdown alike."""

from tracetui.view_models import format as fmt
from tracetui.view_models.conversation.outline import Outline, Thread
from tracetui.view_models.conversation.turns import Turn
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK
from tracetui.view_models.text_document import Piece, Role


def change_words(turn: Turn) -> tuple[str, Role]:
    """Return what became of the history since the call before, if that is worth a word."""
    told = turn.input
    gone = f"{told.dropped:,} message{'' if told.dropped == 1 else 's'}"
    match told.change:
        case "same":
            return "nothing new: the same input again", "warning"
        case "rewritten":
            return f"history rewritten: {gone} of it gone or changed", "warning"
        case "compacted":
            return f"compaction: {gone} of the history gone, fewer tokens sent", "warning"
        case "anew":
            return "begins anew: nothing in common with the call before", "dim"
        case _:
            return "", ""


def turn_facts(turn: Turn) -> list[Piece]:
    """Return model, time, duration, usage and cost of a turn."""
    ref = turn.ref
    pieces = [Piece(f"{ERROR_MARK} ", "error")] if ref.error else []
    pieces.append(Piece(ref.model or fmt.UNKNOWN, "strong"))
    start, end = ref.start_time_unix_nano, ref.end_time_unix_nano
    if start is not None:
        pieces.append(Piece(f"  {fmt.clock(start)}", "dim"))
    if start is not None and end is not None:
        pieces.append(Piece(f"  {fmt.duration(end - start)}"))
    elif end is None:
        pieces.append(Piece(f"  {RUNNING_MARK} running", "warning"))
    pieces.append(Piece(f"  {fmt.money(ref.cost_usd)}"))
    pieces.append(Piece(f"  {usage_words(turn)}", "number"))
    return pieces


def usage_words(turn: Turn) -> str:
    """Return the tokens of a turn; `?` where the call does not say."""
    ref = turn.ref
    words = f"{fmt.tokens(ref.input_tokens)} in"
    if ref.cache_read_tokens:
        words += f" ({fmt.tokens(ref.cache_read_tokens)} cached)"
    return f"{words} {fmt.tokens(ref.output_tokens)} out"


def title_facts(
    outline: Outline, thread: Thread | None, current: int, read: int, *, full: bool
) -> list[tuple[str, str, int]]:
    """Return what the title says of a chat: text, tone and rank of each fact."""
    if thread is None:
        return []
    count = len(thread.calls)
    words = [(f"turn {current:,} of {count:,}", "plain", 1)]
    if full:
        words.append(("all that was sent", "accent", 2))
    if read < count:
        words.append((f"{read:,} read", "dim", 3))
    costs = [call.cost_usd for call in thread.calls if call.cost_usd is not None]
    total = fmt.money(sum(costs), lower_bound=len(costs) < count) if costs else fmt.UNKNOWN
    words.append((f"{total}", "plain", 4))
    errors = sum(call.error for call in (*thread.calls, *thread.steps))
    if errors:
        words.append((f"{errors:,} error{'' if errors == 1 else 's'}", "error", 2))
    if outline.traces_shown > 1:
        words.append((f"session of {outline.traces_shown:,} traces", "dim", 5))
    elif outline.trace_count > 1 and outline.session_id is not None:
        words.append((f"one trace of {outline.trace_count:,} of its session", "dim", 5))
    return words


def empty_words(outline: Outline) -> list[str]:
    """Return what is missing where there is no chat."""
    if not outline.span_count:
        return ["This trace has no spans (any more)."]
    count = f"{outline.span_count:,} span{'' if outline.span_count == 1 else 's'}"
    return [
        f"No model calls in this trace of {count}: nothing was said.",
        "A conversation is made of spans of the kind llm. 2 shows the spans there are.",
    ]
