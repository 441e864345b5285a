"""The files that benchmarks measure on: as many as asked for, the same each time, and real."""

import json
from collections import Counter
from pathlib import Path

import pytest
from tracetui_loaders.base import Head
from tracetui_loaders.registry import choose
from tracetui_loaders.source import Source

from benchmarks.generators.files import FORMATS, file_of

COUNT = 3_000


def made(kind: str, count: int = COUNT, **options) -> list[bytes]:
    return list(FORMATS[kind](count, **{"seed": 7, "largest": None, **options}))


def otlp_spans(lines: list[bytes]) -> list[dict]:
    return [
        span
        for line in lines
        for resource in json.loads(line)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_a_seed_gives_the_same_bytes_and_another_seed_others(kind):
    assert made(kind, 500) == made(kind, 500)
    assert made(kind, 500) != made(kind, 500, seed=8)


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_every_line_is_one_json_object(kind):
    for line in made(kind):
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 1_234])
def test_there_are_exactly_as_many_spans_as_asked_for(count):
    assert len(otlp_spans(made("otlp", count))) == count
    assert len(made("flat", count)) == count
    assert len(made("claude-code", count)) == count


def test_one_trace_is_as_large_as_asked_for_and_the_others_are_small():
    sizes = Counter(span["traceId"] for span in otlp_spans(made("otlp", largest=1_000)))
    (_, largest), (_, second) = sizes.most_common(2)
    assert (largest, sum(sizes.values())) == (1_000, COUNT)
    assert second < 200


def test_ids_are_unique_and_parents_are_in_the_same_trace():
    spans = otlp_spans(made("otlp"))
    traces = {span["spanId"]: span["traceId"] for span in spans}
    assert len(traces) == COUNT
    for span in spans:
        parent = span["parentSpanId"]
        assert not parent or traces[parent] == span["traceId"]


def test_the_flat_file_says_what_the_otlp_file_says():
    for line, span in zip(made("flat"), otlp_spans(made("otlp")), strict=True):
        flat = json.loads(line)
        assert (flat["span_id"], flat["name"]) == (span["spanId"], span["name"])
        assert str(flat["start_time_unix_nano"]) == span["startTimeUnixNano"]
        assert len(flat["attributes"]) == len(span["attributes"])


def test_a_model_call_repeats_the_history_of_the_one_before():
    first, second, *_ = [
        json.loads(attribute["value"]["stringValue"])
        for span in otlp_spans(made("otlp", 200))
        for attribute in span["attributes"]
        if attribute["key"] == "gen_ai.input.messages"
    ]
    assert all(message in second for message in first[-8:])


def test_claude_code_lines_form_a_chain_and_repeat_their_messages_usage():
    lines = [json.loads(line) for line in made("claude-code")]
    known = {None, *(line.get("uuid") for line in lines)}
    assert all(line["parentUuid"] in known for line in lines if "uuid" in line)
    outputs: dict[str, list[int]] = {}
    for line in lines:
        if line["type"] == "assistant":
            message = line["message"]
            outputs.setdefault(message["id"], []).append(message["usage"]["output_tokens"])
    assert any(len(found) > 1 for found in outputs.values())
    assert all(found == sorted(set(found)) for found in outputs.values())


def test_a_file_is_written_once_and_whole(tmp_path: Path):
    path = file_of(tmp_path, "flat", 50)
    written = path.stat().st_mtime_ns
    assert path.read_bytes() == b"".join(made("flat", 50))
    assert file_of(tmp_path, "flat", 50).stat().st_mtime_ns == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("kind", "loader", "spans"),
    [
        ("flat", "otel_flat", 300),
        ("jaeger", "jaeger", 300),
        ("langfuse", "langfuse", 300),
        ("claude-code", "claude_code", 100),
        ("codex", "codex", 100),
    ],
)
def test_a_generated_file_is_taken_for_its_format_and_loads_without_a_problem(
    tmp_path, kind, loader, spans
):
    path = file_of(tmp_path, kind, 300)
    source = Source(str(path))
    chosen = choose(Head(source.head, source.head_complete)).loader
    batches = list(chosen.load(source, 1))
    assert chosen.name == loader
    assert sum(batch.spans.num_rows for batch in batches) >= spans
    kinds = {row["kind"] for batch in batches for row in batch.problems.to_pylist()}
    assert kinds <= {"note"}
