"""Usage roles over a whole load: so that totals are the bill, and not twice it.

A pure function: numpy columns in, corrections out. Only spans that matter come in: model calls,
and spans that repeat others' usage.

Source: RULES §3, D1 (the same response id), D2 (wrappers), D3 (roll-ups, deepest first). Where
this differs from RULES: D1 also takes calls that report no usage; the span inside the larger tree
stays the counted one and takes the better twin's counts, so that an agent's trace keeps its
tokens; D2 asks for equality when an agent stands between (Google ADK 1.14 nests a whole agent
below the model call that handed over to it).
"""

from collections import defaultdict
from dataclasses import dataclass, field

COUNTS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)
_SHARED_TIME = 0.5
_MOST_TWINS = 200
"""An id that more calls share at one time does not name a call."""
_NATIVE_SCOPES = ("com.anthropic.sdk.",)


@dataclass(slots=True)
class UsageSpan:
    """A model call or a roll-up, and where it stands among the others."""

    row_id: int
    span_id: str
    parent: int
    """Index of the nearest ancestor in the list; -1 for none. Parents may come later."""
    is_call: bool
    kind: str
    role: str
    """own, rollup or none, as the span says by itself."""
    counts: list[int | None]
    """In the order of `COUNTS`; of a roll-up, what it claims."""
    response_id: str | None = None
    scope_name: str | None = None
    start: int | None = None
    end: int | None = None
    below_agent: bool = False
    """Whether an agent stands between this span and its parent in the list."""
    in_tree: bool = False
    """Whether any parent is loaded, also one that is not in the list."""


@dataclass(slots=True)
class Correction:
    """What a span's usage turns out to be."""

    role: str
    duplicate_of: str | None = None
    call_role: str | None = None
    gap: int | None = None
    counts: list[int | None] = field(default_factory=list)


def settle_usage(spans: list[UsageSpan]) -> dict[int, Correction]:
    """Return the corrections, by row id, of spans whose usage is not what they say by themselves.

    Cost is linear in the spans but for those of one response id at one time, which are compared
    in pairs; servers that give every response the same id must not make loading quadratic.
    """
    order = _children_first(spans)
    found: dict[int, Correction] = {}
    _same_response(spans, found)
    _wrappers_and_rollups(spans, order, found)
    return found


def _children_first(spans: list[UsageSpan]) -> list[int]:
    """Return indices so that each comes before its parent; a cycle's members are cut apart."""
    waiting = [0] * len(spans)
    for span in spans:
        if span.parent >= 0:
            waiting[span.parent] += 1
    ready = [index for index, count in enumerate(waiting) if count == 0]
    order: list[int] = []
    while ready:
        index = ready.pop()
        order.append(index)
        parent = spans[index].parent
        if parent >= 0:
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    if len(order) < len(spans):
        for index in set(range(len(spans))) - set(order):
            spans[index].parent = -1
            order.append(index)
    return order


def _same_response(spans: list[UsageSpan], found: dict[int, Correction]) -> None:
    """D1: spans with one response id that share their time are one call."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, span in enumerate(spans):
        if span.is_call and span.response_id:
            groups[span.response_id].append(index)
    for group in groups.values():
        for overlapping in _at_one_time(spans, group) if len(group) > 1 else ():
            if 1 < len(overlapping) <= _MOST_TWINS:
                _one_call(spans, overlapping, found)


def _at_one_time(spans: list[UsageSpan], group: list[int]) -> list[list[int]]:
    """Return the group in parts that do not touch in time; spans without times are one part."""
    timeless = [i for i in group if spans[i].start is None or spans[i].end is None]
    parts = [timeless]
    latest: int | None = None
    for index in sorted(set(group) - set(timeless), key=lambda i: spans[i].start or 0):
        start, end = spans[index].start or 0, spans[index].end or 0
        if latest is None or start > latest:
            parts.append([])
        parts[-1].append(index)
        latest = max(start, end) if latest is None else max(latest, start, end)
    return parts


def _one_call(spans: list[UsageSpan], group: list[int], found: dict[int, Correction]) -> None:
    group.sort(key=lambda index: _primary_rank(spans[index]))
    while group:
        primary, others = group[0], group[1:]
        twins = [index for index in others if _is_twin(spans, primary, index)]
        best = min([primary, *twins], key=lambda index: _count_rank(spans[index]))
        if best != primary and spans[best].role == "own":
            _take_counts(spans[primary], spans[best], found)
        for index in twins:
            found[spans[index].row_id] = Correction(
                "duplicate", duplicate_of=spans[primary].span_id
            )
        known = set(twins)
        group = [index for index in others if index not in known]


def _primary_rank(span: UsageSpan) -> tuple[bool, bool, int]:
    """Prefer the span that stands inside a tree, then the one with usage, then file order."""
    return not span.in_tree, span.role != "own", span.row_id


def _count_rank(span: UsageSpan) -> tuple[bool, bool, int, int]:
    """Prefer counts of the provider's own SDK, then the most detailed ones."""
    native = bool(span.scope_name) and str(span.scope_name).startswith(_NATIVE_SCOPES)
    details = sum(count is not None for count in span.counts)
    return span.role != "own", not native, -details, span.row_id


def _take_counts(primary: UsageSpan, better: UsageSpan, found: dict[int, Correction]) -> None:
    merged = [
        theirs if theirs is not None else ours
        for theirs, ours in zip(better.counts, primary.counts, strict=True)
    ]
    if merged != primary.counts or primary.role != "own":
        primary.counts = merged
        primary.role = "own"
        found[primary.row_id] = Correction("own", counts=merged)


def _is_twin(spans: list[UsageSpan], one: int, other: int) -> bool:
    """Whether two spans of one response id are one call: same time, and not merely the same id.

    Response ids are not unique with local servers, so time must be shared. A session that is
    resumed under another name repeats its history: there the span ids are the same too.
    """
    first, second = spans[one], spans[other]
    related = (
        first.span_id == second.span_id
        or _is_ancestor(spans, one, other)
        or _is_ancestor(spans, other, one)
    )
    if not related and first.scope_name == second.scope_name:
        return False
    if first.start is None or second.start is None or first.end is None or second.end is None:
        return related
    shorter = min(first.end - first.start, second.end - second.start)
    shared = min(first.end, second.end) - max(first.start, second.start)
    return shared >= _SHARED_TIME * shorter


def _is_ancestor(spans: list[UsageSpan], ancestor: int, index: int) -> bool:
    for _ in range(len(spans)):
        index = spans[index].parent
        if index < 0:
            return False
        if index == ancestor:
            return True
    return False


@dataclass(slots=True)
class _Below:
    """What the descendants of a span add up to."""

    input_tokens: int = 0
    output_tokens: int = 0
    total: int = 0
    counted: bool = False
    calls: int = 0
    across_agent: bool = False

    def add(self, other: "_Below") -> None:
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.total += other.total
        self.counted = self.counted or other.counted
        self.calls += other.calls
        self.across_agent = self.across_agent or other.across_agent

    def count(self, counts: list[int | None]) -> None:
        self.input_tokens += counts[0] or 0
        self.output_tokens += counts[1] or 0
        self.total += counts[2] or 0
        self.counted = True


def _wrappers_and_rollups(
    spans: list[UsageSpan], order: list[int], found: dict[int, Correction]
) -> None:
    """D2 and D3 in one pass, deepest first."""
    below = [_Below() for _ in spans]
    children: dict[int, list[int]] = defaultdict(list)
    for index in order:
        span, mine = spans[index], below[index]
        known = found.get(span.row_id)
        if known is not None and known.role == "duplicate":
            # Its twin may be in another trace: here it still stands for its call.
            mine.calls += 1
            if not mine.counted:
                mine.count(span.counts)
        elif span.is_call:
            _settle_call(spans, index, mine, found)
        elif span.role == "rollup":
            _settle_rollup(spans, index, mine, children, found)
        if span.parent >= 0:
            children[span.parent].append(index)
            if span.below_agent:
                mine.across_agent = True
            below[span.parent].add(mine)


def _settle_call(
    spans: list[UsageSpan], index: int, mine: _Below, found: dict[int, Correction]
) -> None:
    span = spans[index]
    if span.role == "own":
        if mine.counted and _adds_up(span, mine):
            found[span.row_id] = Correction("duplicate", call_role="wrapper")
            return
        mine.count(span.counts)
        mine.calls += 1
    elif mine.calls and not mine.across_agent:
        found[span.row_id] = Correction(span.role, call_role="wrapper")
    else:
        mine.calls += 1


def _adds_up(span: UsageSpan, mine: _Below) -> bool:
    """Whether the calls below already account for this span's usage (D2)."""
    own_input, own_output = span.counts[0] or 0, span.counts[1] or 0
    if mine.across_agent:
        return (mine.input_tokens, mine.output_tokens) == (own_input, own_output)
    return mine.input_tokens >= own_input and mine.output_tokens >= own_output


def _settle_rollup(
    spans: list[UsageSpan],
    index: int,
    mine: _Below,
    children: dict[int, list[int]],
    found: dict[int, Correction],
) -> None:
    span = spans[index]
    if not mine.counted:
        # Calls that report nothing: the roll-up stands in for them. Without any call the span
        # stays the roll-up that it says it is, and counts all the same.
        if children[index]:
            found[span.row_id] = Correction("own_fallback", counts=span.counts)
            _cover(spans, index, children, found)
        else:
            found[span.row_id] = Correction("rollup", call_role="lone")
        mine.count(span.counts)
        return
    claimed = span.counts[2]
    if claimed is not None and claimed > mine.total:
        found[span.row_id] = Correction("rollup", gap=claimed - mine.total)


def _cover(
    spans: list[UsageSpan],
    index: int,
    children: dict[int, list[int]],
    found: dict[int, Correction],
) -> None:
    """Mark the calls below a roll-up that counts for them: their usage is not unknown."""
    waiting = list(children[index])
    while waiting:
        child = waiting.pop()
        waiting.extend(children[child])
        span = spans[child]
        if span.is_call and span.role == "none" and span.row_id not in found:
            found[span.row_id] = Correction("none", call_role="covered")
