"""The filter language: what a line means, what is wrong with it, and back from meaning to line."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from store.made_spans import span_predicates, trace_predicates
from tracetui.filter.errors import FilterError
from tracetui.filter.language import read
from tracetui.filter.printing import printed
from tracetui.filter.quantities import Clock
from tracetui_store import predicates as p

SECOND = 1_000_000_000
NOW = datetime(2025, 3, 2, 15, 30, tzinfo=UTC)
CLOCK = Clock(NOW, date(2025, 3, 1))
MIDNIGHT = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp()) * SECOND
NOON = MIDNIGHT + 12 * 3_600 * SECOND

llm = p.Compare("kind", "=", "llm")
search = p.TextMatch("tool_name", "search", "glob")


def of_spans(text):
    return read(text, "spans", CLOCK)


def of_traces(text):
    return read(text, "traces", CLOCK)


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("", p.EVERYTHING),
        ("  ", p.EVERYTHING),
        ("kind:llm", llm),
        ("llm", llm),
        ("KIND:LLM", llm),
        ("model:gpt*", p.TextMatch("model", "gpt*", "glob")),
        ('model:"gpt*"', p.Compare("model", "=", "gpt*")),
        ("model=gpt*", p.Compare("model", "=", "gpt*")),
        ('name~"(a, b)"', p.TextMatch("name", "(a, b)")),
        (r"name:a\ b*", p.TextMatch("name", r"a\ b*", "glob")),
        ("kind:llm,tool", p.Among("kind", ("llm", "tool"))),
        ("cost>0.01", p.Compare("cost_usd", ">", 0.01)),
        ("cost > $0.01", p.Compare("cost_usd", ">", 0.01)),
        ("duration>2s", p.Compare("duration_nano", ">", 2 * SECOND)),
        ("duration>=1m30s", p.Compare("duration_nano", ">=", 90 * SECOND)),
        ("ttft<250ms", p.Compare("ttft_ms", "<", 250.0)),
        ("tokens>12k", p.Compare("total_tokens", ">", 12_000)),
        ("tokens>1.5M", p.Compare("total_tokens", ">", 1_500_000)),
        ("http:429,503", p.Among("http_status", (429, 503))),
        ("error:yes", p.Compare("error", "=", True)),
        ("status:error", p.Compare("outcome", "=", "error")),
        ("missing:cost", p.IsUnknown("cost_usd")),
        ("has:model", p.Not(p.IsUnknown("model"))),
        ('"say \\"no\\""', p.Mentions('say "no"')),
        ("-llm", p.Not(llm)),
        ("not llm", p.Not(llm)),
        ("llm and tool:search", p.And((llm, search))),
        ("llm tool:search", p.And((llm, search))),
        ("llm or tool:search -error", p.Or((llm, of_spans("tool:search -error")))),
        ("(llm or tool:search) -error", p.And((p.Or((llm, search)), of_spans("-error")))),
        ("tool:search >> llm", p.And((llm, p.Related("ancestor", search)))),
        ("tool:search > llm", p.And((llm, p.Related("parent", search)))),
        ("llm > tool", p.And((p.Compare("kind", "=", "tool"), p.Related("parent", llm)))),
        ("descendant(llm)", p.Related("descendant", llm)),
        ("count(tool:search)>5", p.CountSpans(search, ">", 5)),
        ("count( llm ) : 2", p.CountSpans(llm, "=", 2)),
        ("any(llm)", p.AnySpan(llm)),
        ("tokens:1k..2k", of_spans("tokens>=1000 tokens<=2000")),
        ("duration:..1s", of_spans("duration<=1s")),
        ("started>=12:00", p.Compare("start_time_unix_nano", ">=", NOON)),
        ("started>12:00", p.Compare("start_time_unix_nano", ">=", NOON + 60 * SECOND)),
        ("started<=2025-03-01", of_spans("started<2025-03-02")),
        ("started:2025-03-01T11:00..12:00", of_spans("started>=11:00 started<12:01")),
        ("started:12:00..12:30", of_spans("started>=12:00 started<12:31")),
        ("started:yesterday", of_spans("started>=2025-03-01 started<2025-03-02")),
        ("started>-30m", p.Compare("start_time_unix_nano", ">", NOON + 27 * 3_600 * SECOND)),
        ("started>=12:00+01:00", p.Compare("start_time_unix_nano", ">=", NOON - 3_600 * SECOND)),
    ],
)
def test_a_filter_means_what_it_reads_as(text, predicate):
    assert of_spans(text) == predicate


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("llm", "any(llm)"),
        ("tool:search >> llm", "any(tool:search >> llm)"),
        ('"refund"', 'any("refund")'),
        ("missing:model", "any(missing:model)"),
        ("status:error,running", "any(error) or any(running)"),
        ("ok", "all(ok)"),
        ("-model:gpt*", "-any(model:gpt*)"),
    ],
)
def test_of_a_trace_a_condition_of_spans_asks_for_one_of_them(text, same):
    assert of_traces(text) == of_traces(same)


def test_of_a_trace_its_own_fields_speak_of_the_trace():
    assert of_traces("cost>1") == p.Compare("cost_usd", ">", 1.0)
    assert of_traces("any(cost>1)") == p.AnySpan(p.Compare("cost_usd", ">", 1.0))
    assert of_traces("errors>0 spans>10") == p.And(
        (p.Compare("error_count", ">", 0), p.Compare("span_count", ">", 10))
    )
    assert of_traces("root:agent") == p.Compare("kind", "=", "agent")


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        ("modle:gpt*", "^^^^^", "there is no field modle; did you mean model?"),
        ("llm kind:lmm", "         ^^^", "no kind is lmm; did you mean llm?"),
        (
            "erorr",
            "^^^^^",
            'erorr is no kind; text to look for stands in quotes: "erorr"; did you mean error?',
        ),
        (
            "zebra",
            "^^^^^",
            'zebra is no kind; text to look for stands in quotes: "zebra"; did you mean "zebra"?',
        ),
        ("duration>2", "         ^", "2 has no unit: 2ms, 2s, 2m"),
        (
            "duration>2parsec",
            "         ^^^^^^^",
            "2parsec has no unit that is known: ns, us, ms, s, m, h, d",
        ),
        ("cost>much", "     ^^^^", "much is no number: 12, 0.5, 20k, 1.5M"),
        ("cost>", "     ^", 'something is missing here; expected "text" or a value'),
        ("llm or", "      ^", 'something is missing here; expected a field, a kind, "text" or ('),
        ("(llm", "    ^", "a ) is missing"),
        ("llm)", "   ^", "there is no ( for this )"),
        ('name:"open', "     ^^^^^", "this text has no closing quote"),
        ("llm>tool", "^^^", "there is no field llm; between spans, > stands between spaces"),
        ("tool>llm", "    ^", "tool is a text: tool:…; between spans, > stands between spaces"),
        ("cost > llm", "^^^^", "cost is a field and wants a value: cost:…"),
        ("count(llm)>2.5", "           ^^^", "2.5 is no whole number"),
        (
            "started:25:99",
            "        ^^^^^",
            "25:99 is no time: 12:04, 2025-01-02, 2025-01-02T12:04:05, -15m, today",
        ),
        (
            "spans>10",
            "^^^^^",
            "there is no field spans of a span: it is one of traces; did you mean span?",
        ),
        ("error:maybe", "      ^^^^^", "error is yes or no"),
        ('""', "^^", "there is no text to look for"),
        ("tokens:..", "       ^^", ".. says neither from nor to"),
    ],
)
def test_a_fault_is_shown_where_it_is_with_what_was_meant(text, caret, message):
    with pytest.raises(FilterError) as caught:
        of_spans(text)
    assert (caught.value.caret, str(caught.value)) == (caret, message)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 2_000 + "llm" + ")" * 2_000,
        "-" * 3_000 + "llm",
        "llm " * 2_000,
        " >> ".join(["llm"] * 500),
        "tokens>" + "9" * 4_000,
        "tokens>1e999999999",
    ],
)
def test_a_monstrous_filter_is_read_or_refused(text):
    with suppress(FilterError):
        assert of_spans(text) != p.EVERYTHING


@given(
    st.text(max_size=30)
    | st.lists(
        st.sampled_from(
            [
                "kind",
                "cost",
                ":",
                ">",
                ">>",
                "-",
                "(",
                ")",
                '"',
                "2s",
                "llm",
                " ",
                "or",
                "..",
                ",",
                "\\",
                "any(",
                "count(",
                "started",
                "@",
                "12:00",
                "not ",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.sampled_from(["spans", "traces"]),
)
@examples(100)
def test_any_text_is_a_filter_or_a_fault_within_it(text, level):
    predicate = fault = None
    try:
        predicate = read(text, level, CLOCK)
    except FilterError as wrong:
        fault = wrong
    if fault is not None:
        assert 0 <= fault.start <= fault.stop <= len(text)
    else:
        assert printed(read(printed(predicate, level), level, CLOCK), level) == printed(
            predicate, level
        )


@given(span_predicates)
@examples(60)
def test_what_is_printed_of_spans_reads_the_same_and_prints_the_same(predicate):
    text = printed(predicate, "spans")
    assert printed(of_spans(text), "spans") == text


@given(trace_predicates)
@examples(60)
def test_what_is_printed_of_traces_reads_the_same_and_prints_the_same(predicate):
    text = printed(predicate, "traces")
    assert printed(of_traces(text), "traces") == text


@pytest.mark.parametrize(
    "text",
    [
        "kind:llm model:gpt* cost>0.01 duration>2s status:error",
        'tool:search >> kind:llm "refund"',
        "kind:agent > (kind:llm or kind:tool)",
        "count(tool:search)>5 -any(model:gpt*,claude*)".replace("gpt*,claude*", "gpt*"),
        'model="a","b" has:cost missing:tokens',
        "started>=2025-03-01T12:00Z duration>=1.5s",
        'name~"a b" name:a\\ b*',
    ],
)
def test_canonical_text_stays_as_it_is(text):
    assert printed(of_spans(text), "spans") == text


def test_nothing_printed_moves_a_terminal():
    text = printed(p.Compare("name", "=", 'a"\x1b[31m\u202e\n💥\x9b'), "spans")
    assert text == 'name="a\\"\\u001b[31m\\u202e\\n💥\\u009b"'
    assert of_spans(text) == p.Compare("name", "=", 'a"\x1b[31m\u202e\n💥\x9b')
