import pytest
from otlp_files import otlp_span, sample_files, write
from tracetui_analyses.cost import DIMENSIONS

UNKNOWN = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "house-7b",
    "gen_ai.usage.input_tokens": 1_000_000,
    "gen_ai.usage.output_tokens": 0,
}
KNOWN = UNKNOWN | {"gen_ai.request.model": "gpt-4o", "gen_ai.provider.name": "openai"}
"""2.50 dollars."""


@pytest.fixture
def mixed(tmp_path):
    """A priced call below an agent's tool, and one of a model that nobody knows."""
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "boss"}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ask_expert"}
    return write(
        tmp_path / "mixed.jsonl",
        otlp_span(1, name="invoke_agent boss", attributes=agent | {"session.id": "s1"}),
        otlp_span(2, 1, name="execute_tool ask_expert", attributes=tool),
        otlp_span(3, 2, name="chat gpt-4o", attributes=KNOWN),
        otlp_span(4, 1, name="chat house-7b", attributes=UNKNOWN),
    )


@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name.partition(".")[0])
@pytest.mark.usefixtures("samples_loaded_once")
def test_every_dimension_adds_up_to_the_summary(run_json, path):
    summary = run_json("summary", path)
    for by in DIMENSIONS:
        found = run_json("cost", path, "--by", by)
        total = found["total"]
        for group_sum in (total, summed(found["groups"])):
            assert group_sum["calls"] == summary["model_calls"], by
            assert group_sum["unpriced_calls"] == summary["unpriced_calls"], by
            for name in ("input_tokens", "output_tokens", "reasoning_tokens"):
                assert group_sum[name] == summary[name], (by, name)
            if summary["cost_usd"] is None:
                assert group_sum["cost_usd"] is None
            else:
                assert group_sum["cost_usd"] == pytest.approx(summary["cost_usd"], rel=1e-12)
        parts = [value for name, value in total.items() if name.startswith("cost_") and value]
        if total["cost_usd"]:
            assert sum(parts) == pytest.approx(2 * total["cost_usd"])
        shares = [group["share"] for group in found["groups"] if group["share"] is not None]
        assert sum(shares) == pytest.approx(1) or not total["cost_usd"]


def summed(groups):
    """Return the sum of each number of `groups`; None where all are."""
    names = [name for name, value in groups[0].items() if not isinstance(value, (str, dict))]
    found = {}
    for name in names:
        known = [group[name] for group in groups if isinstance(group[name], (int, float))]
        found[name] = sum(known) if known else None
    return found


def test_what_has_no_price_comes_first_and_is_not_free(run, run_json, mixed):
    found = run_json("cost", mixed)
    assert [group["value"] for group in found["groups"]] == ["house-7b", "gpt-4o"]
    assert [group["cost_usd"] for group in found["groups"]] == [None, pytest.approx(2.5)]
    assert found["groups"][0]["unpriced_reasons"] == {"unknown_model": 1}
    assert found["groups"][0]["wasted_usd"] is None
    lines = run("cost", mixed).output.splitlines()
    assert lines[:2] == ["not priced: 1 call", "  house-7b: 1 unknown model, 1.0M tokens"]
    assert any("total" in line and "≥$2.50" in line for line in lines)


def test_a_call_belongs_to_what_encloses_it(run_json, mixed):
    def by(dimension):
        groups = run_json("cost", mixed, "--by", dimension)["groups"]
        return {group["value"]: group["cost_usd"] for group in groups}

    assert by("agent") == {"boss": pytest.approx(2.5)}
    assert by("tool") == {"ask_expert": pytest.approx(2.5), None: None}
    assert by("session") == {"s1": pytest.approx(2.5)}
    assert by("service") == {"travel": pytest.approx(2.5)}
    assert by("user") == {None: pytest.approx(2.5)}
    assert by("day") == {"2025-10-09": pytest.approx(2.5)}


def test_own_prices_fill_the_gap(run_json, mixed, tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text('[[price]]\nmodel = "house-*"\ninput = 0.5\noutput = 1\n')
    assert run_json("cost", mixed, "--prices", prices)["total"]["cost_usd"] == pytest.approx(3)
    assert run_json("summary", mixed, "--prices", prices)["cost_usd"] == pytest.approx(3)


def test_prices_in_the_users_configuration_count(run_json, mixed, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "tracetui").mkdir()
    (tmp_path / "tracetui" / "prices.toml").write_text("[[price]]\ninput = 1\noutput = 1\n")
    assert run_json("summary", mixed)["cost_usd"] == pytest.approx(2)


def test_a_wrong_price_file_is_a_usage_error_with_its_line(run, mixed, tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text("[[price]]\ninput = 1\n")
    result = run("cost", mixed, "--prices", prices)
    assert result.exit_code == 2
    assert "line 1: a price needs input and output" in result.output


@pytest.mark.parametrize(
    ("budget", "said", "over"),
    [
        ("2", "budget $2.00: ✗ exceeded by at least $0.500", True),
        ("3", "budget $3.00: at most $0.500 left, some calls have no price", False),
    ],
)
def test_a_budget_is_held_against_a_lower_bound(run, run_json, mixed, budget, said, over):
    assert said in run("cost", mixed, "--budget", budget).output
    assert run_json("cost", mixed, "--budget", budget)["over_budget"] is over


def test_an_unknown_dimension_is_a_usage_error(run, mixed):
    result = run("cost", mixed, "--by", "mood")
    assert result.exit_code == 2
    assert "cannot tell costs by 'mood'" in result.output


def test_no_model_calls_is_said(run, tmp_path):
    assert run("cost", write(tmp_path / "a.json", otlp_span(1))).output == "no model calls\n"
