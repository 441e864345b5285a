"""Traces that belong together: recorded systems, and what a joint says."""

import pyarrow as pa
import pytest
from otlp_files import otlp_span, request
from shared_data import shared
from store.loading import loaded_store
from tracetui_analyses.stitching import stitching


def of(*paths):
    with loaded_store(*paths) as store, store.reader() as reader:
        return stitching(reader.joints(), reader.traces())


def emitted(path):
    return of(shared(f"emitted/{path}.otlp.jsonl"))


# Reasons with their confidence and how many joints, sizes of groups, sizes of conversations.
EXPECTED = {
    # Ten deliveries of eight messages, and one batch of seven results.
    "multi-service/queue_links": ({("link", 0.95): 17}, [12], [9]),
    # The dead letter has another destination, the batch of results no message id: not joined.
    "multi-service/queue_no_propagation": ({("message", 0.9): 9}, [10], [9]),
    "multi-service/http": ({}, [], [3]),
    "multi-service/http_pingpong": ({}, [], []),
    "autogen-core-otel/swarm_pingpong": ({("link", 0.95): 150}, [151], []),
}


@pytest.mark.parametrize("path", EXPECTED)
def test_recorded_systems_hang_together_as_they_were_built(path):
    found = emitted(path)
    reasons = {}
    for joint in found.joints:
        reasons[joint.reason, joint.confidence] = (
            reasons.get((joint.reason, joint.confidence), 0) + 1
        )
    groups = [len(group) for group in found.groups]
    assert (reasons, groups, [len(one.traces) for one in found.conversations]) == EXPECTED[path]
    assert all(one.confidence == 0.6 for one in found.conversations)


def test_a_trace_knows_what_it_came_of_and_how_long_that_waited():
    found = emitted("multi-service/queue_links")
    first, *rest = found.groups[0]
    assert found.into(first) == ()
    assert len(found.out_of(first)) == 10
    (joint,) = found.into(rest[0])
    assert (joint.from_trace, joint.to_trace) == (first, rest[0])
    assert joint.waited_nano == 1_087_756_222
    assert found.out_of(rest[0])[0].waited_nano == 1_070_630_537
    batch = found.out_of(rest[0])[0].to_trace
    assert len(found.into(batch)) == 7


def test_a_parent_in_another_trace_and_a_tool_call_id_join(tmp_path):
    """Emitters that begin a trace anew keep the parent's id; tools keep the call's."""
    called = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "t",
        "gen_ai.tool.call.id": "call_1",
    }
    client = [otlp_span(1), otlp_span(2, 1, attributes=called, start=1_000, length=4_000)]
    workers = [
        otlp_span(3, 2, trace=3, start=2_000),
        otlp_span(4, trace=4, start=2_001, attributes=called),
        otlp_span(5, trace=5, start=2_002),
    ]
    files = [tmp_path / "client.jsonl", tmp_path / "worker.jsonl"]
    files[0].write_text(request(*client) + "\n")
    files[1].write_text(request(*workers) + "\n")
    found = of(*files)
    assert {(j.to_trace[-1], j.reason, j.confidence) for j in found.joints} == {
        ("3", "parent", 1.0),
        ("4", "tool_call", 0.85),
    }
    assert [joint.waited_nano for joint in found.joints] == [0, 0], "it did not wait for the end"


def test_of_two_reasons_the_surer_one_stands_and_unknown_times_stay_unknown():
    def pair(reason, to_row, sent, taken):
        names = ("from_row", "to_row", "reason", "from_trace", "to_trace", "from_start_unix_nano")
        names += ("from_end_unix_nano", "to_start_unix_nano")
        return dict(zip(names, (1, to_row, reason, "a", "b", sent, None, taken), strict=True))

    traces = pa.table(
        {
            "trace_id": ["a", "b"],
            "session_id": pa.array([None, None], pa.string()),
            "start_time_unix_nano": [1, 2],
        }
    )
    pairs = [pair("message", 5, 1, 9), pair("link", 7, 2, 8), pair("link", 6, 2, None)]
    (joint,) = stitching(pa.Table.from_pylist(pairs), traces).joints
    assert (joint.reason, joint.confidence, joint.count) == ("link", 0.95, 2)
    assert joint.waited_nano is None
