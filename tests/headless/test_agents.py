"""`tracetui agents`: the same numbers for people and for programs."""

from otlp_files import otlp_span, write
from shared_data import shared


def test_agents_and_edges_are_printed_and_told_to_programs(run, run_json):
    path = shared("emitted/multi-service/queue_links.otlp.jsonl")
    lines = run("agents", path).stdout.splitlines()
    assert lines[0] == "mixed, 5 agents"
    table = [line.split() for line in lines]
    assert ["dispatcher", "research-agent", "message", "8", "3", "1.9k"] in [
        cells[:6] for cells in table
    ]
    found = run_json("agents", path)
    assert found["systems"][0]["pattern"] == "mixed"
    assert {node["name"] for node in found["agents"]} == set(found["systems"][0]["agents"])
    (edge,) = [edge for edge in found["edges"] if edge["failures"]]
    assert (edge["source"], edge["target"], edge["kind"]) == (
        "dispatcher",
        "research-agent",
        "message",
    )
    assert (edge["count"], edge["failures"], edge["usage"]["tokens"]) == (8, 3, 1_900)


def test_a_hundred_agents_are_cut_and_no_agent_is_said(run, run_json, tmp_path):
    many = [
        otlp_span(
            number,
            name="x",
            attributes={
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": f"a\x1b{number:03}",
            },
        )
        for number in range(1, 101)
    ]
    path = write(tmp_path / "many.jsonl", *many)
    output = run("agents", path).stdout
    assert "… 50 more agents: --limit 0 shows all" in output
    assert "\x1b" not in output
    assert len(output.splitlines()) < 120
    assert len(run("agents", path, "--limit", "0").stdout.splitlines()) > 200
    assert len(run_json("agents", path)["agents"]) == 100
    none = write(tmp_path / "none.jsonl", otlp_span(1, name="plain"))
    assert run("agents", none).stdout == "no agents: no span says that an agent ran\n"
    assert run_json("agents", none) == {
        "systems": [],
        "agents": [],
        "edges": [],
        "joints": [],
        "groups": [],
        "conversations": [],
    }


def test_traces_that_belong_together_are_told_with_reason_and_wait(run, run_json):
    path = shared("emitted/multi-service/queue_links.otlp.jsonl")
    output = run("agents", path).stdout
    assert "12 traces belong together, beginning with f7eaef0d987eed8b37f3ffcfc92fe08e" in output
    assert "9 traces of session conv-fb806c53 (0.60)" in output
    (line,) = [line for line in output.splitlines() if "6267e9703ed2" in line and "f7eaef" in line]
    assert line.split() == ["f7eaef0d987e", "6267e9703ed2", "link", "0.95", "1", "1.1s"]
    found = run_json("agents", path, "--limit", "3")
    assert [len(found[name]) for name in ("joints", "agents", "edges")] == [3, 3, 3]
    assert found["joints"][0]["waited_nano"] == 1_087_756_222
