"""`tracetui loops`: what goes round in circles, what it cost, and why it is thought so."""

from collections.abc import Sequence
from typing import Any

from tracetui_analyses.loops import Step, TraceFinding, TraceLoops
from tracetui_analyses.loops.evidence import changes
from tracetui_store.protocol import TraceReader

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, shorten
from tracetui.headless.own_files import own_settings
from tracetui.view_models import format as fmt

DEFAULT_LIMIT = 50
_WIDTH = 160
_LONGEST = 2_000
"""Characters of an argument or result in JSON."""
_MARKS = {"loop": "↻", "maybe": "?", "info": "·"}


def run(paths: Sequence[str], *, limit: int | None, as_json: bool, options: LoadOptions) -> None:
    """Print the findings of `paths`, the most wasteful first; JSON has all unless told."""
    with loaded(paths, options) as reader:
        found = findings(reader)
    if as_json:
        say_json([finding_json(each) for each in (found[:limit] if limit else found)])
        return
    if not found:
        say("no loops")
        return
    shown = found[: DEFAULT_LIMIT if limit is None else limit or len(found)]
    for each in shown:
        say_lines(_lines(each))
    if len(shown) < len(found):
        say(f"… {fmt.count(len(found) - len(shown))} more findings: --limit 0 shows all")


def findings(reader: TraceReader) -> list[TraceFinding]:
    """Return the findings of all traces, loops first, the most wasteful first."""
    return TraceLoops(own_settings().thresholds()).find_all(reader)


def loop_count(reader: TraceReader) -> int:
    """Return how many loops there are: no maybes, and nothing that a framework reported."""
    found = findings(reader)
    return sum(each.finding.verdict == "loop" and not each.finding.reported for each in found)


def finding_json(found: TraceFinding) -> dict[str, Any]:
    """Return one finding under the names that scripts rely on."""
    finding = found.finding
    return {
        "trace_id": found.trace_id,
        "agent": found.agent or None,
        "kind": finding.kind,
        "verdict": finding.verdict,
        "reported": finding.reported,
        "names": finding.names,
        "period": finding.period,
        "repetitions": finding.repetitions,
        "confidence": finding.confidence,
        "reason": finding.reason or None,
        "wasted_nano": finding.wasted_nano,
        "wasted_tokens": finding.wasted_tokens,
        "wasted_cost_usd": finding.wasted_cost_usd,
        "sentence": finding.sentence,
        "first_span_ids": finding.first,
        "other_span_ids": finding.rest,
        "evidence": {
            "first": [_step_json(step) for step in found.first],
            "last": [_step_json(step) for step in found.last],
            "changed": [
                {"name": each.name, "what": each.what, "first": each.first, "last": each.last}
                for each in changes(found.first, found.last)
            ],
        },
    }


def _step_json(step: Step) -> dict[str, Any]:
    """Return a step as it was compared: volatile values are masked."""
    return {
        "span_id": step.span_id,
        "name": step.name,
        "arguments": step.arguments and step.arguments[:_LONGEST],
        "result": step.text and step.text[:_LONGEST],
        "error": step.error,
    }


def _lines(found: TraceFinding) -> list[str]:
    finding = found.finding
    mark = _MARKS.get(finding.verdict, "·")
    where = f"{found.trace_id} {found.agent}".rstrip()
    lines = [
        f"{mark} {finding.verdict:<5}  {finding.kind}  {finding.sentence}",
        f"    in {where}, from span {finding.first[0] if finding.first else fmt.UNKNOWN}",
    ]
    for when, steps in (("first", found.first), ("last", found.last)):
        lines += [f"    {when:<5}  {_step_line(step)}" for step in steps[:1]]
    changed = changes(found.first, found.last)
    if finding.reported:
        return lines[:2]
    if not changed:
        lines.append("    changed  nothing")
    lines += [
        f"    changed  {each.what} of {each.name}: {shorten(each.first, 60)} → "
        f"{shorten(each.last, 60)}"
        for each in changed[:2]
    ]
    return lines


def _step_line(step: Step) -> str:
    given = step.arguments or ""
    came = fmt.UNKNOWN if step.text is None else step.text
    return f"{shorten(f'{step.name} {given}', 80)} → {shorten(came, _WIDTH - 90)}"
