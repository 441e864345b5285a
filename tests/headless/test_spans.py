import json

import pytest
from otlp_files import otlp_span, sample_files, write
from tracetui_loaders.folding import FIELDS
from tracetui_loaders.schema import PAYLOAD_COLUMNS, SPANS

RENAMED = {"event_count": "events", "link_count": "links"}


def lines(result):
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def test_each_span_is_one_line_with_every_normalised_name(run, two_agents):
    found = lines(run("spans", two_agents, "--json"))
    assert len(found) == 6
    names = {RENAMED.get(name, name) for name in SPANS.names if name not in PAYLOAD_COLUMNS}
    for span in found:
        assert names <= set(span)
        assert not set(RENAMED) & set(span)


def test_spans_of_one_trace_or_one_id(run, two_agents):
    in_trace = lines(run("spans", two_agents, "--trace", f"{2:032x}", "--json"))
    assert {span["trace_id"] for span in in_trace} == {f"{2:032x}"}
    assert len(in_trace) == 3
    (one,) = lines(run("spans", two_agents, "--span", f"{17:016x}", "--json"))
    assert one["name"] == "chat gpt-4.1"
    assert one["input_tokens"] == 120
    assert one["usage_role"] == "own"


def test_an_unknown_span_is_wrong_usage(run, two_agents):
    assert run("spans", two_agents, "--span", "nope", "--json").exit_code == 2


def test_payloads_carry_folded_content_and_what_was_sent(run, tmp_path):
    messages = [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}]
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps(messages),
        "mine": 3,
    }
    event = {"name": "retry", "timeUnixNano": "5", "attributes": []}
    link = {"traceId": "ab" * 16, "spanId": "cd" * 8, "attributes": []}
    path = write(
        tmp_path / "a.json",
        otlp_span(1, name="chat", attributes=attributes, events=[event], links=[link]),
    )
    (span,) = lines(run("spans", path, "--payloads", "--json"))
    assert set(FIELDS) <= set(span)
    assert span["input_messages"] == messages
    assert span["attributes"]["mine"] == 3
    assert span["resource"]["service.name"] == "travel"
    assert (span["events"], span["links"]) == (1, 1)
    assert span["span_events"][0]["name"] == "retry"
    assert span["span_links"][0]["trace_id"] == "ab" * 16


def test_payloads_without_json_is_wrong_usage(run, two_agents):
    assert run("spans", two_agents, "--payloads").exit_code == 2


def test_text_lines_are_bounded_and_say_so(run, tmp_path):
    path = write(tmp_path / "a.json", *(otlp_span(n) for n in range(1, 251)))
    output = run("spans", path).output.splitlines()
    assert len(output) == 201
    assert output[-1] == "… 50 more spans: --limit 0 shows all"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_lacks_are_written_as_words(run, tmp_path, value):
    span = otlp_span(1)
    word = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    span["attributes"] = [{"key": "x", "value": {"doubleValue": word}}]
    output = run("spans", write(tmp_path / "a.json", span), "--payloads", "--json").stdout
    found = json.loads(output, parse_constant=lambda name: pytest.fail(f"bare {name}"))
    assert found["attributes"]["x"] == word


@pytest.mark.usefixtures("samples_loaded_once")
def test_every_sample_gives_every_span(run, run_json):
    for path in sample_files():
        found = lines(run("spans", path, "--payloads", "--json"))
        assert len(found) == run_json("summary", path)["spans"], path
