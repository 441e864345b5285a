"""tau-bench results: the corpus, what a run says, what is none."""

import json

from hypothesis import given
from loaders.corpus import attributes_of, entries, evaluations, mutations, of_kind, physical_lines
from loaders.loading import load_bytes, load_file, load_with
from shared_data import shared

FILE = "corpora/tau-bench/tau-gpt-4o-airline.json"


def test_every_run_is_a_session_with_its_calls_tools_and_reward():
    path = shared(FILE)
    loaded, runs = load_file(path), json.loads(path.read_text("utf-8"))
    (entry,) = entries("tau-bench")
    assert loaded.format == "tau_bench"
    assert loaded.count() == loaded.lines.ok == physical_lines(path)
    assert len({span["trace_id"] for span in loaded.spans}) == entry["check"]["records"] == 200
    roles = [message["role"] for run in runs for message in run["traj"]]
    wishes = sum(len(m.get("tool_calls") or []) for run in runs for m in run["traj"])
    assert len(of_kind(loaded, "llm")) == roles.count("assistant")
    assert len(of_kind(loaded, "agent")) == roles.count("user")
    assert len(of_kind(loaded, "tool")) == wishes
    assert all("gen_ai.tool.call.result" in attributes_of(tool) for tool in of_kind(loaded, "tool"))
    rewards = [e for e in evaluations(loaded) if e["gen_ai.evaluation.name"] == "reward"]
    assert [e["gen_ai.evaluation.score.value"] for e in rewards] == [run["reward"] for run in runs]


RUN = {
    "task_id": 3,
    "trial": 1,
    "reward": 1.0,
    "info": {"user_cost": 0.01, "reward_info": {"reward": 1.0, "info": {"r_actions": True}}},
    "traj": [
        {"role": "system", "content": "policy"},
        {"role": "user", "content": "book a flight"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "function": {"name": "search", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "name": "search", "content": "none"},
        {"role": "assistant", "content": "there is none"},
    ],
}


def test_an_id_that_a_model_uses_again_is_of_another_call(tmp_path):
    wish, answer = RUN["traj"][2:4]
    traj = [*RUN["traj"][:4], wish, {**answer, "content": "one"}]
    tools = of_kind(load_bytes(tmp_path, json.dumps([{**RUN, "traj": traj}])), "tool")
    assert [attributes_of(tool)["gen_ai.tool.call.result"] for tool in tools] == ["none", "one"]


def test_what_the_simulated_user_cost_is_no_cost_of_the_agent(tmp_path):
    loaded = load_bytes(tmp_path, json.dumps([RUN]))
    names = ["task 3 · trial 1", "book a flight", "chat", "execute_tool search", "chat"]
    assert loaded.names == names
    assert all(span["cost_given_usd"] is None for span in loaded.spans)
    assert attributes_of(loaded.spans[0])["tau_bench.user_cost"] == 0.01
    assert [e["gen_ai.evaluation.score.value"] for e in evaluations(loaded)] == [1.0, 1.0]


def test_a_run_that_broke_off_has_failed(tmp_path):
    run = {**RUN, "traj": [], "reward": 0.0, "info": {"error": "rate limit", "traceback": "..."}}
    (root,) = load_bytes(tmp_path, json.dumps([run])).spans
    assert (root["status"], root["status_message"]) == ("ERROR", "rate limit")


@given(mutations([RUN]))
def test_a_run_in_which_something_is_something_else_is_no_exception(tmp_path, runs):
    text = json.dumps(runs, indent=1)
    loaded = load_with("tau_bench", tmp_path, text.encode())
    assert loaded.count() == text.count("\n") + 1
    assert (loaded.lines.rejected > 0) == ("rejected" in loaded.kinds())
