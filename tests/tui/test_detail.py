"""What the detail pane says of a span: which tabs, which facts, and nothing lost in a copy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracetui.view_models.detail import Tab, tabs
from tracetui.view_models.json_text import (
    JsonText,
    heavied,
    lightened,
    pretty_text,
    value_document,
)
from tracetui.view_models.markdown import span_as_markdown
from tracetui.view_models.text_document import Source, TextDocument
from tracetui_store.rows import EventRow, LinkRow, LogRow, SpanDetail

START = 1_795_215_677_000_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def span(attributes: dict[str, Any] | None = None, **fields: Any) -> SpanDetail:
    known = {
        "name": "chat",
        "kind": "llm",
        "span_id": "b" * 16,
        "trace_id": "a" * 32,
        "start_time_unix_nano": START,
        "end_time_unix_nano": START + 1_500_000_000,
        "usage_role": "own",
    }
    return SpanDetail(known | fields, attributes or {}, {}, {}, {})


def tab(detail: SpanDetail, folded: dict[str, Any], tab_id: str) -> Tab:
    return next(t for t in tabs(detail, folded) if t.id == tab_id)


def shown(detail: SpanDetail, folded: dict[str, Any], tab_id: str, *, raw: bool = False) -> str:
    return tab(detail, folded, tab_id).build(raw).plain_text()


def drawn(document: TextDocument) -> str:
    """Return what is drawn, which may name what a copy holds."""
    leaves = (leaf for _, leaf in document.leaves())
    return "\n".join(
        leaf.text if isinstance(leaf, Source) else leaf.plain_text() for leaf in leaves
    )


def fact(text: str, label: str) -> str:
    return next(row for row in text.split("\n") if row.strip().startswith(label))


def test_only_tabs_with_content_are_there():
    assert [t.title for t in tabs(span(), {})] == ["Overview", "Raw"]


def test_tabs_carry_their_counts():
    detail = SpanDetail(
        span().fields,
        {"a": 1, "b": 2},
        {},
        {},
        {},
        [EventRow("e", START, {})],
        [LinkRow("t", "s", {})] * 3,
        [LogRow("l", START, None, None, {})],
    )
    folded = {
        "input_messages": [{"role": "user", "parts": []}],
        "output_messages": [{"role": "assistant", "parts": []}],
    }
    assert [t.title for t in tabs(detail, folded)] == [
        "Overview",
        "Input",
        "Output",
        "Messages 2",
        "Attributes 2",
        "Events 1",
        "Links 3",
        "Logs 1",
        "Raw",
    ]


def test_a_failure_comes_first():
    detail = span(
        error=True, error_type="RateLimitError", error_message="slow down", http_status=429
    )
    rows = shown(detail, {}, "overview").split("\n")
    assert rows[2] == "✗ RateLimitError  HTTP 429"
    assert rows[3] == "slow down"


def test_a_model_call_without_usage_says_so_and_a_tool_leaves_tokens_out():
    text = shown(span(), {}, "overview")
    assert fact(text, "input").endswith("?")
    assert fact(text, "model").endswith("?")
    assert "Tokens" not in shown(span(kind="tool", usage_role="none"), {}, "overview")


def test_zero_tokens_are_not_unknown_tokens():
    assert fact(shown(span(input_tokens=0), {}, "overview"), "input").endswith(" 0")


def test_a_rollup_shows_its_own_numbers_and_why_they_do_not_count():
    detail = span(kind="agent", usage_role="rollup", rollup_input_tokens=1_200)
    text = shown(detail, {}, "overview")
    assert "1,200" in fact(text, "input")
    assert "not added to totals" in fact(text, "counted as")


def test_a_duplicate_names_the_span_it_repeats():
    detail = span(usage_role="duplicate", duplicate_of="c" * 16, input_tokens=5)
    assert "cccccccccccccccc  same call seen twice" in shown(detail, {}, "overview")


@pytest.mark.parametrize(
    ("status", "cost", "words"),
    [
        ("given", 0.5, "$0.500  as the emitter reports it"),
        ("computed", 0.00000123, "$0.00000123  list price"),
        ("unknown_model", None, "?  unknown: no price is known"),
    ],
)
def test_cost_comes_with_its_provenance(status: str, cost: float | None, words: str):
    text = shown(span(cost_status=status, cost_usd=cost), {}, "overview")
    assert words in text


def test_a_running_span_has_no_duration():
    text = shown(span(end_time_unix_nano=None), {}, "overview")
    assert "still running" in text
    assert "duration" not in text


def test_input_of_a_model_call_is_what_is_new_since_the_last_answer():
    folded = {
        "input_messages": [
            {"role": "user", "parts": [{"type": "text", "content": "first question"}]},
            {"role": "assistant", "parts": [{"type": "text", "content": "first answer"}]},
            {"role": "user", "parts": [{"type": "text", "content": "second question"}]},
        ]
    }
    text = shown(span(), folded, "input")
    assert "second question" in text
    assert "first" not in text
    assert "+2 earlier, under Messages" in text


def test_messages_show_calls_with_their_arguments_and_results():
    folded = {
        "system_instructions": "Be brief.",
        "input_messages": [
            {
                "role": "assistant",
                "parts": [
                    {"type": "reasoning", "content": "hm"},
                    {"type": "tool_call", "id": "c1", "name": "lookup", "arguments": {"q": "Peru"}},
                ],
            },
            {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": 0}]},
        ],
    }
    rows = shown(span(), folded, "messages").split("\n")
    assert rows[:2] == ["▌system", "Be brief."]
    assert "  → lookup  c1" in rows
    assert '  "q": "Peru"' in rows
    assert rows[rows.index("  ← result  c1") + 1] == "0"


def test_binary_is_named_and_sized_not_dumped():
    blob = "iVBORw0KGgoA" * 400
    parts = [
        {"type": "blob", "mime_type": "image/png", "content": blob},
        {"type": "image", "uri": f"data:image/jpeg;base64,{blob}"},
        {"type": "text", "content": f"see data:image/gif;base64,{blob} here"},
    ]
    folded = {"input_messages": [{"role": "user", "parts": parts}]}
    text = drawn(tab(span(), folded, "messages").build(False))
    assert "blob  image/png  3.6 kB" in text
    assert "image  image/jpeg  3.6 kB" in text
    assert "see ⟨image/gif, 3.6 kB of base64⟩ here" in text
    assert blob[:60] not in text
    assert f"see data:image/gif;base64,{blob} here" in shown(span(), folded, "messages")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("iVBORw0KGgo" + "A" * 1_200, "⟨image/png, 908 B of base64⟩"),
        ("JVBERi0xLjcK" + "Zm9v" * 300, "⟨application/pdf, 909 B of base64⟩"),
        ("aB3+" * 300, "⟨binary, 900 B of base64⟩"),
        ("deadbeef" * 100, None),
        ("word" * 300, None),
    ],
)
def test_base64_in_json_is_named_and_what_only_looks_like_it_is_not(content: str, named: str):
    text = drawn(value_document({"file": content}))
    assert (f'"{named}"' if named else content) in text
    assert content in value_document({"file": content}).plain_text()


def test_a_large_value_is_shown_as_before_though_it_is_kept_as_text():
    value = {"rows": [{"id": i, "name": "x" * 40} for i in range(900)]}
    light = lightened({"tool_result": value, "tool_arguments": {"a": 1}})
    assert isinstance(light["tool_result"], JsonText)
    assert light["tool_arguments"] == {"a": 1}
    assert drawn(value_document(light["tool_result"])) == drawn(value_document(value))
    assert heavied(light["tool_result"]) == value


def test_documents_are_a_table_with_scores():
    folded = {
        "documents": [
            {"id": "d1", "score": 0.91234, "content": "Lima is", "metadata": {"page": 3}},
            {"content": "no id, no score"},
        ]
    }
    rows = shown(span(kind="retriever"), folded, "output").split("\n")
    assert rows[2] == "   1  0.9123  d1  Lima is"
    assert rows[3] == "   2       ?  ·   no id, no score"


def test_attributes_are_sorted_aligned_and_cut_with_their_size():
    detail = span({"long.key": "x" * 10_000_000, "a": True, "b": [1, 2]})
    rows = shown(detail, {}, "attributes").split("\n")
    assert rows[:2] == ["a         true", "b         [1,2]"]
    assert rows[2] == "long.key  " + "x" * 100 + " … 10.0 MB"


def test_events_tell_their_time_since_the_start_and_traces_keep_their_lines():
    stack = 'Traceback:\n  File "a.py"\nError: no\n'
    event = EventRow("exception", START + 820_000_000, {"exception.stacktrace": stack})
    detail = SpanDetail(span().fields, {}, {}, {}, {}, [event])
    text = shown(detail, {}, "events")
    assert text.split("\n")[0] == "   +820ms  exception"
    assert stack.rstrip("\n") in text


def test_raw_holds_the_span_whole():
    detail = span({"k": {"n": [1, None, "日本"]}})
    for raw in (False, True):
        whole = json.loads(shown(detail, {}, "raw", raw=raw))
        assert whole["attributes"] == detail.attributes
        assert whole["fields"]["name"] == "chat"


def test_pretty_json_keeps_numbers_as_written_and_reads_escapes():
    text = r'{"n": 1.10, "big": 123456789012345678901234567890, "s": "\u65e5 \\u65e5 \u202e"}'
    pretty = pretty_text(text)
    assert '"n": 1.10' in pretty
    assert "123456789012345678901234567890" in pretty
    assert r'"日 \\u65e5 \u202e"' in pretty


@given(json_values)
def test_any_value_is_shown_as_json_that_reads_back(value: Any):
    if isinstance(value, str):
        value = [value]
    assert json.loads(value_document(value).plain_text()) == value


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_any_attributes_survive_every_tab(attributes: dict[str, Any]):
    detail = SpanDetail(span().fields, attributes, {}, {}, {}, [EventRow("e", None, attributes)])
    folded = {"tool_arguments": attributes, "output_value": json.dumps(attributes)}
    for raw in (False, True):
        for each in tabs(detail, folded):
            each.build(raw).plain_text()
    assert span_as_markdown(detail, folded)


def test_a_copy_as_markdown_is_whole_and_its_fences_hold():
    prompt = "```py\nprint(1)\n```\n" + "long " * 5_000 + "end"
    detail = span(name="a|b", agent_name="x|y", cost_usd=0.5, cost_status="given")
    text = span_as_markdown(detail, {"input_value": prompt})
    assert text.startswith("## a|b\n")
    assert "| agent | x\\|y |" in text
    assert "| cost | $0.500 (given) |" in text
    assert "````\nInput  25.0 kB\n" in text
    assert "end\n````" in text
