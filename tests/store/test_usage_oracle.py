"""Usage roles beside a plain, slow second implementation (RULES §3)."""

from dataclasses import replace

from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from tracetui_store.usage import UsageSpan, settle_usage


def descendants(spans, index):
    found, waiting = [], [index]
    while waiting:
        above = waiting.pop()
        below = [i for i, span in enumerate(spans) if span.parent == above]
        found += below
        waiting += below
    return found


def depth(spans, index):
    steps = 0
    while spans[index].parent >= 0:
        index, steps = spans[index].parent, steps + 1
    return steps


def same_call(spans, one, other):
    first, second = spans[one], spans[other]
    kin = other in descendants(spans, one) or one in descendants(spans, other)
    if not kin and first.scope_name == second.scope_name:
        return False
    overlap = min(first.end, second.end) - max(first.start, second.start)
    return 2 * overlap >= min(first.end - first.start, second.end - second.start)


def settle_slowly(given_spans):
    """Return per row (counts for the bill?, role, counts) by RULES §3, in the plainest way."""
    spans = [replace(span, counts=list(span.counts)) for span in given_spans]
    result = {}
    for name in {span.response_id for span in spans if span.response_id}:
        group = [i for i, s in enumerate(spans) if s.is_call and s.response_id == name]
        group.sort(key=lambda i: (not spans[i].in_tree, spans[i].role != "own", i))
        while group:
            primary = group.pop(0)
            twins = [i for i in group if same_call(spans, primary, i)]
            group = [i for i in group if i not in twins]
            candidates = [i for i in (primary, *twins) if spans[i].role == "own"]
            if candidates and twins:
                best = max(
                    candidates, key=lambda i: (sum(c is not None for c in spans[i].counts), -i)
                )
                spans[primary].counts = [
                    b if b is not None else m
                    for b, m in zip(spans[best].counts, spans[primary].counts, strict=True)
                ]
                spans[primary].role = "own"
            for twin in twins:
                result[twin] = "duplicate"
    counted = {}
    for index in sorted(range(len(spans)), key=lambda i: -depth(spans, i)):
        span = spans[index]
        below = descendants(spans, index)
        sums = [sum(counted[i][place] or 0 for i in below if i in counted) for place in range(3)]
        anything = any(i in counted for i in below)
        if result.get(index) == "duplicate":
            if not anything:
                counted[index] = span.counts
        elif span.role == "own":
            mine = [span.counts[0] or 0, span.counts[1] or 0]
            across = any(spans[i].below_agent for i in below)
            wraps = sums[:2] == mine if across else sums[0] >= mine[0] and sums[1] >= mine[1]
            if anything and wraps:
                result[index] = "duplicate"
            else:
                result[index] = "counts"
                counted[index] = span.counts
        elif span.role == "rollup" and not anything:
            result[index] = "counts"
            counted[index] = span.counts
    return {
        i: (result.get(i, "not"), tuple(spans[i].counts))
        for i in range(len(spans))
        if result.get(i) == "counts"
    }


def as_counted(spans):
    """Return what `settle_usage` counts, in the second implementation's terms."""
    found = settle_usage([replace(span, counts=list(span.counts)) for span in spans])
    counted = {}
    for index, span in enumerate(spans):
        correction = found.get(span.row_id)
        role = correction.role if correction else span.role
        lone = correction is not None and correction.call_role == "lone"
        if role in ("own", "own_fallback") or lone:
            counts = correction.counts if correction and correction.counts else span.counts
            counted[index] = ("counts", tuple(counts))
    return counted


@st.composite
def forests(draw):
    size = draw(st.integers(1, 8))
    spans = []
    for index in range(size):
        role = draw(st.sampled_from(["own", "own", "none", "rollup"]))
        tokens = draw(st.sampled_from([(10, 1), (10, 1), (20, 2), (30, 3), (0, 0)]))
        total = sum(tokens)
        cached = draw(st.sampled_from([None, 5]))
        start = draw(st.sampled_from([0, 10, 100]))
        parent = draw(st.integers(-1, index - 1))
        spans.append(
            UsageSpan(
                row_id=index,
                span_id=f"{index}",
                parent=parent,
                is_call=role != "rollup",
                kind="agent" if role == "rollup" else "llm",
                role=role,
                counts=[None] * 6 if role == "none" else [*tokens, total, cached, None, None],
                response_id=draw(st.sampled_from([None, None, "a", "b"])),
                scope_name=draw(st.sampled_from(["one", "two"])),
                start=start,
                end=start + draw(st.sampled_from([20, 50])),
                below_agent=parent >= 0 and draw(st.booleans()),
                in_tree=parent >= 0 or draw(st.booleans()),
            )
        )
    return spans


@examples(100)
@given(forests())
def test_a_plain_second_implementation_counts_the_same(spans):
    assert as_counted(spans) == settle_slowly(spans)


@examples(100)
@given(forests())
def test_settling_is_stable_and_never_counts_a_span_and_its_duplicate(spans):
    found = settle_usage([replace(span, counts=list(span.counts)) for span in spans])
    ids = {span.span_id: span for span in spans}
    for row_id, correction in found.items():
        if correction.duplicate_of is not None:
            primary = found.get(ids[correction.duplicate_of].row_id)
            assert correction.role == "duplicate"
            assert primary is None or primary.duplicate_of is None
            assert correction.duplicate_of != f"{row_id}"
