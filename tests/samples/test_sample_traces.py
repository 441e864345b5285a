"""The sample traces are what their README says, and can be made again."""

import importlib.util
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "sample_traces"
FILES = sorted(SAMPLES.glob("*.otlp.jsonl"))
ROW = re.compile(
    r"^\| `(?P<file>[\w.-]+)` \| .* \| (?P<spans>\d+) \| (?P<traces>\d+) "
    r"\| (?P<input>\d+) / (?P<output>\d+) \|",
    re.MULTILINE,
)
INPUT_KEYS = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt")
OUTPUT_KEYS = (
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.token_count.completion",
)


@dataclass
class Sample:
    """The spans of one file, read with nothing but `json`."""

    spans: list[dict[str, Any]] = field(default_factory=list)
    services: dict[str, str] = field(default_factory=dict)

    def named(self, name: str) -> list[dict[str, Any]]:
        return [s for s in self.spans if s["name"] == name]


def attributes(holder: dict[str, Any]) -> dict[str, Any]:
    return {a["key"]: next(iter(a["value"].values())) for a in holder.get("attributes", [])}


def is_model_call(span: dict[str, Any]) -> bool:
    found = attributes(span)
    kind = found.get("openinference.span.kind")
    if kind:
        return kind in ("LLM", "EMBEDDING")
    return found.get("gen_ai.operation.name") == "chat" or "llm.request.type" in found


def tokens(spans: list[dict[str, Any]], keys: tuple[str, ...]) -> int:
    return sum(int(v) for s in spans for k, v in attributes(s).items() if k in keys)


def requests(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read(name: str) -> Sample:
    sample = Sample()
    for request in requests(SAMPLES / name):
        for resource in request["resourceSpans"]:
            service = attributes(resource["resource"])["service.name"]
            for scope in resource["scopeSpans"]:
                sample.spans += scope["spans"]
                sample.services |= {s["spanId"]: service for s in scope["spans"]}
    return sample


def failed(sample: Sample) -> list[dict[str, Any]]:
    return [s for s in sample.spans if s["status"].get("code") == 2]


def test_making_the_samples_again_gives_the_same_bytes(tmp_path: Path) -> None:
    if importlib.util.find_spec("opentelemetry.sdk") is None:
        pytest.skip("opentelemetry-sdk is not installed (dependency group `samples`)")
    command = [sys.executable, "-B", str(SAMPLES / "make.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == {path.name for path in FILES}
    assert [name for name in made if made[name] != (SAMPLES / name).read_bytes()] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_line_is_a_request_with_hexadecimal_ids(path: Path) -> None:
    for request in requests(path):
        assert request.keys() == {"resourceSpans"}
    for span in read(path.name).spans:
        assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
        assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
        assert isinstance(span["startTimeUnixNano"], str)


def test_the_samples_are_small() -> None:
    sizes = [path.stat().st_size for path in FILES]
    assert len(sizes) == 10
    assert max(sizes) < 300_000
    assert sum(sizes) < 1_500_000


def test_the_readme_counts_what_the_files_hold() -> None:
    counted = {}
    for path in FILES:
        spans = read(path.name).spans
        calls = [s for s in spans if is_model_call(s)]
        counted[path.name] = (
            len(spans),
            len({s["traceId"] for s in spans}),
            tokens(calls, INPUT_KEYS),
            tokens(calls, OUTPUT_KEYS),
        )
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    told = {m["file"]: tuple(map(int, m.groups()[1:])) for m in ROW.finditer(readme)}
    assert told == counted


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_span_ids_are_unique_and_most_children_come_before_their_parents(path: Path) -> None:
    spans = read(path.name).spans
    position = {s["spanId"]: i for i, s in enumerate(spans)}
    assert len(position) == len(spans)
    local = [
        (position[s["spanId"]], position[s["parentSpanId"]])
        for s in spans
        if s.get("parentSpanId") in position
    ]
    before = sum(child < parent for child, parent in local)
    assert before >= 0.8 * len(local)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_span_ends_after_it_starts_and_within_its_parent(path: Path) -> None:
    by_id = {s["spanId"]: s for s in read(path.name).spans}
    for span in by_id.values():
        parent = by_id.get(span.get("parentSpanId", ""))
        if "endTimeUnixNano" not in span:
            continue
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        if parent:
            assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"])
            assert int(span["endTimeUnixNano"]) <= int(parent["endTimeUnixNano"])


def test_rag_has_an_embedding_scored_documents_a_prompt_a_model_and_an_evaluation() -> None:
    spans = read("rag.otlp.jsonl").spans
    kinds = Counter(attributes(s)["openinference.span.kind"] for s in spans)
    assert kinds.keys() >= {"EMBEDDING", "RETRIEVER", "PROMPT", "LLM", "EVALUATOR"}
    keys = {key for s in spans for key in attributes(s)}
    assert {"retrieval.documents.3.document.score", "llm.cost.total"} <= keys
    events = {e["name"] for s in spans for e in s.get("events", [])}
    assert "gen_ai.evaluation.result" in events


def test_the_tool_agent_repeats_its_calls_usage_and_recovers_from_an_error() -> None:
    sample = read("tool-agent.otlp.jsonl")
    calls = [s for s in sample.spans if is_model_call(s)]
    (agent,) = sample.named("invoke_agent rebooking-agent")
    assert tokens([agent], INPUT_KEYS) == tokens(calls, INPUT_KEYS)
    assert [s["name"] for s in failed(sample)] == ["execute_tool get_seat_map"]
    assert all("gen_ai.usage.cost" in attributes(s) for s in calls)
    assert sum(1 for _ in requests(SAMPLES / "tool-agent.otlp.jsonl")) > 1


def test_the_loop_calls_one_tool_with_the_same_arguments_and_the_same_result() -> None:
    searches = read("loop.otlp.jsonl").named("search_filings.tool")
    said = {
        (attributes(s)["traceloop.entity.input"], attributes(s)["traceloop.entity.output"])
        for s in searches
    }
    assert len(searches) >= 8
    assert len(said) == 1


def test_two_of_the_supervisors_specialists_work_at_the_same_time() -> None:
    sample = read("supervisor.otlp.jsonl")
    (market,), (legal,) = sample.named("market_analyst"), sample.named("legal_counsel")
    assert int(legal["startTimeUnixNano"]) < int(market["endTimeUnixNano"])
    models = {attributes(s).get("llm.model_name") for s in sample.spans} - {None}
    assert len(models) == 3


def test_the_services_share_one_trace_across_remote_parents() -> None:
    sample = read("services.otlp.jsonl")
    assert len(set(sample.services.values())) == 4
    crossing = [
        s
        for s in sample.spans
        if sample.services.get(s.get("parentSpanId", ""))
        not in (None, sample.services[s["spanId"]])
    ]
    assert len(crossing) == 3
    assert all(s["kind"] == 2 and s["flags"] & 0x200 for s in crossing)


def test_the_queue_s_traces_are_joined_by_links_to_producers() -> None:
    sample = read("queue.otlp.jsonl")
    kinds = {s["spanId"]: s["kind"] for s in sample.spans}
    links = [(s, link) for s in sample.spans for link in s.get("links", [])]
    assert len(links) == 8
    assert all(s["kind"] == 5 and kinds[link["spanId"]] == 4 for s, link in links)
    assert all(s["traceId"] != link["traceId"] for s, link in links)


def test_the_retry_storm_is_rate_limited_and_falls_back() -> None:
    sample = read("retry-storm.otlp.jsonl")
    assert len(failed(sample)) >= 10
    assert all("429" in s["status"]["message"] for s in failed(sample))
    assert len(sample.named("chat gpt-4o-mini")) == 3


def test_the_failed_run_carries_a_stack_trace_up_to_its_root() -> None:
    sample = read("failed-run.otlp.jsonl")
    wrong = failed(sample)
    assert len(wrong) == 3
    assert any("parentSpanId" not in s for s in wrong)
    for span in wrong:
        (event,) = span["events"]
        assert event["name"] == "exception"
        assert "Traceback" in attributes(event)["exception.stacktrace"]


def test_the_unfinished_run_has_orphans_and_a_span_without_an_end() -> None:
    spans = read("unfinished.otlp.jsonl").spans
    known = {s["spanId"] for s in spans}
    assert sum(s.get("parentSpanId") not in known for s in spans) == 4
    assert all(s.get("parentSpanId") for s in spans)
    assert [s["name"] for s in spans if "endTimeUnixNano" not in s] == ["chat gpt-5"]


def test_the_support_day_mixes_channels_models_and_errors_over_a_day() -> None:
    sample = read("support-day.otlp.jsonl")
    starts = [int(s["startTimeUnixNano"]) for s in sample.spans]
    assert max(starts) - min(starts) > 10 * 3_600 * 10**9
    assert len(set(sample.services.values())) == 4
    assert len(failed(sample)) >= 8
    unpriced = [
        s
        for s in sample.spans
        if is_model_call(s) and s["status"].get("code") != 2 and not tokens([s], INPUT_KEYS)
    ]
    assert len(unpriced) == 1
