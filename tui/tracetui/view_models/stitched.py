"""What a trace came of and what came of it, as words for its header."""

from collections.abc import Mapping, Sequence

from tracetui_analyses.stitching import Joint, Stitching

from tracetui.view_models import format as fmt
from tracetui.view_models.totals_line import plural

REASON_WORDS = {
    "parent": "parent span",
    "link": "link",
    "message": "message id",
    "tool_call": "tool call id",
}
_ID_SHOWN, _NAME_SHOWN = 8, 32


def words(
    joined: Stitching, trace_id: str, names: Mapping[str, str | None]
) -> list[tuple[str, str]]:
    """Return (text, tone), the most telling first; empty if the trace stands alone.

    Args:
        joined: How the load hangs together.
        trace_id: The trace.
        names: The names of the traces that `named` asks for.
    """
    into, out_of = joined.into(trace_id), joined.out_of(trace_id)
    found: list[tuple[str, str]] = []
    if into:
        found.append((f"comes from {_told(into[0], into[0].from_trace, names)}", "accent"))
        if len(into) > 1:
            found.append((f"and {plural(len(into) - 1, 'other')}", "plain"))
    if out_of:
        found.append((f"continues in {_told(out_of[0], out_of[0].to_trace, names)}", "accent"))
        if len(out_of) > 1:
            waits = [joint.waited_nano for joint in out_of if joint.waited_nano is not None]
            longest = f", longest wait {fmt.duration(max(waits))}" if waits else ""
            found.append((f"and {plural(len(out_of) - 1, 'other')}{longest}", "plain"))
    talk = joined.conversation(trace_id)
    # A session alone joins nothing: the list of traces groups by it.
    if talk is not None and found:
        at = talk.traces.index(trace_id) + 1
        found.append((f"trace {at} of {len(talk.traces)} of its session", "dim"))
    return found


def named(joined: Stitching, trace_id: str) -> Sequence[str]:
    """Return the traces whose names `words` shows."""
    return [
        *(joint.from_trace for joint in joined.into(trace_id)[:1]),
        *(joint.to_trace for joint in joined.out_of(trace_id)[:1]),
    ]


def _told(joint: Joint, other: str, names: Mapping[str, str | None]) -> str:
    name = (names.get(other) or "")[:_NAME_SHOWN]
    why = f"{REASON_WORDS[joint.reason]} {joint.confidence:.2f}"
    waited = "" if joint.waited_nano is None else f", waited {fmt.duration(joint.waited_nano)}"
    return f"{name} {other[:_ID_SHOWN]} ({why}{waited})".lstrip()
