import json

import pytest
from otlp_files import otlp_span, sample_files, write

NAMES = [
    "traces",
    "spans",
    "model_calls",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cost_usd",
    "unpriced_calls",
    "errors",
    "loops",
]
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}


def test_summary_json_has_exactly_the_promised_names_first(run_json, two_agents):
    assert list(run_json("summary", two_agents))[: len(NAMES)] == NAMES


def test_summary_counts_what_is_in_the_file(run_json, two_agents):
    found = run_json("summary", two_agents)
    expected = {
        "traces": 2,
        "spans": 6,
        "model_calls": 2,
        "input_tokens": 240,
        "output_tokens": 60,
        "errors": 2,
        "loops": 0,
        "cost_usd": pytest.approx(240 * 2e-6 + 60 * 8e-6),  # gpt-4.1
        "unknown_usage_calls": 0,
        "lower_bound": [],
    }
    assert {name: found[name] for name in expected} == expected


def test_unknown_usage_is_null_and_said_in_words(run, run_json, tmp_path):
    path = write(tmp_path / "a.json", otlp_span(1, name="chat m", attributes=CHAT))
    assert run_json("summary", path)["input_tokens"] is None
    assert "unknown: no model call reports usage" in run("summary", path).output


def test_partly_known_usage_is_a_lower_bound(run, run_json, tmp_path):
    usage = {"gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 2}
    path = write(
        tmp_path / "a.json",
        otlp_span(1, name="chat m", attributes=CHAT),
        otlp_span(2, name="chat m", start=500, attributes=CHAT | usage),
    )
    found = run_json("summary", path)
    assert found["input_tokens"] == 7
    assert {"input_tokens", "output_tokens"} <= set(found["lower_bound"])
    assert "lower bound: 1 model call reports no usage" in run("summary", path).output


@pytest.mark.usefixtures("samples_loaded_once")
def test_every_sample_has_a_summary(run):
    for path in sample_files():
        result = run("summary", path, "--json")
        assert result.exit_code == 0, path
        assert json.loads(result.stdout)["spans"] > 0, path
