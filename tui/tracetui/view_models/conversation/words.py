"""What is said of a turn on one line, on screen and in Markdown alike."""

from tracetui.view_models import format as fmt
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
    pieces = [Piece(ref.model or fmt.UNKNOWN, "strong")]
    start, end = ref.start_time_unix_nano, ref.end_time_unix_nano
    if start is not None:
        pieces.append(Piece(f"  {fmt.clock(start)}", "dim"))
    if start is not None and end is not None:
        pieces.append(Piece(f"  {fmt.duration(end - start)}"))
    elif end is None:
        pieces.append(Piece(f"  {RUNNING_MARK} running", "warning"))
    pieces.append(Piece(f"  {usage_words(turn)}", "number"))
    pieces.append(Piece(f"  {fmt.money(ref.cost_usd)}"))
    if ref.error:
        pieces.append(Piece(f"  {ERROR_MARK}", "error"))
    return pieces


def usage_words(turn: Turn) -> str:
    """Return the tokens of a turn; `?` where the call does not say."""
    ref = turn.ref
    words = f"{fmt.tokens(ref.input_tokens)} in"
    if ref.cache_read_tokens:
        words += f" ({fmt.tokens(ref.cache_read_tokens)} cached)"
    return f"{words} {fmt.tokens(ref.output_tokens)} out"
