"""Folding what real instrumentations sent: nothing raises, and no message or tool call is lost.

The expectation is counted from the raw attributes, events and logs, without the code under test.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shared_data import shared
from tracetui_loaders.folding import FIELDS, SpanContent, fold

OPENINFERENCE = [
    *("openinference-ag2", "openinference-autogen-agentchat", "openinference-crewai"),
    *("openinference-dspy", "openinference-google-adk", "openinference-langchain"),
    *("openinference-llamaindex", "openinference-openai", "openinference-openai-agents"),
    "openinference-smolagents",
]
OPENLLMETRY = [
    *("openllmetry-crewai", "openllmetry-langchain", "openllmetry-openai"),
    "openllmetry-openai-agents",
]
OTEL_ATTRIBUTES = ["otel-genai-openai+latest", "openai-v2+latest", "agent-framework"]
OTEL_LOGS = ["openai-v2", "openai-v2+httpx"]
OTHERS = ["otel-genai-openai", "semantic-kernel", "strands"]

KINDS = {
    "LLM": "llm",
    "TOOL": "tool",
    "RETRIEVER": "retriever",
    "EMBEDDING": "embedding",
    "AGENT": "agent",
    "CHAIN": "workflow",
    "chat": "llm",
    "execute_tool": "tool",
    "embeddings": "embedding",
    "retrieval": "retriever",
    "invoke_agent": "agent",
}


def plain(value: Any) -> Any:
    if not value:
        return None
    kind, inner = next(iter(value.items()))
    if kind == "arrayValue":
        return [plain(item) for item in inner.get("values", [])]
    if kind == "kvlistValue":
        return {item["key"]: plain(item.get("value")) for item in inner.get("values", [])}
    return int(inner) if kind == "intValue" else inner


def mapping(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    return {pair["key"]: plain(pair.get("value")) for pair in pairs}


def requests(folder: Path, ending: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"*{ending}")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)


def spans(producer: str) -> Iterator[SpanContent]:
    folder = shared(f"emitted/{producer}")
    logs: dict[tuple[str, str], list[tuple[str | None, Any, dict[str, Any]]]] = defaultdict(list)
    for request in requests(folder, ".logs.jsonl"):
        for resource in request["resourceLogs"]:
            for scope in resource["scopeLogs"]:
                for log in scope["logRecords"]:
                    record = (log.get("eventName"), plain(log.get("body")))
                    key = (log.get("traceId", ""), log.get("spanId", ""))
                    logs[key].append((*record, mapping(log.get("attributes", []))))
    for request in requests(folder, ".otlp.jsonl"):
        for resource in request["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    attributes = mapping(span.get("attributes", []))
                    kind = attributes.get("openinference.span.kind")
                    yield SpanContent(
                        name=span["name"],
                        kind=KINDS.get(kind or attributes.get("gen_ai.operation.name"), "other"),
                        operation=attributes.get("gen_ai.operation.name"),
                        scope_name=scope.get("scope", {}).get("name"),
                        attributes=attributes,
                        events=[
                            (e["name"], int(e["timeUnixNano"]), mapping(e.get("attributes", [])))
                            for e in span.get("events", [])
                        ],
                        logs=logs[span["traceId"], span["spanId"]],
                    )


def calls(messages: list[dict[str, Any]]) -> Counter[str]:
    parts = [part for message in messages for part in message["parts"]]
    # Attribute limits may have dropped an id and left the name.
    return Counter(part["id"] for part in parts if part["type"] == "tool_call" and part["id"])


@pytest.mark.parametrize(
    "producer", OPENINFERENCE + OPENLLMETRY + OTEL_ATTRIBUTES + OTEL_LOGS + OTHERS
)
def test_every_span_folds_to_known_fields_of_json(producer: str):
    folded = [fold(span) for span in spans(producer)]
    assert folded
    for fields in folded:
        assert fields.keys() <= set(FIELDS)
        json.dumps(fields)
        for message in fields.get("input_messages", []) + fields.get("output_messages", []):
            assert message["role"] in {"system", "user", "assistant", "tool"}
            assert all(part["type"] for part in message["parts"])


@pytest.mark.parametrize("producer", OPENINFERENCE)
def test_openinference_loses_no_message_and_no_tool_call(producer: str):
    for span in spans(producer):
        if "openinference.span.kind" not in span.attributes:  # a framework's own span beside it
            continue
        folded = fold(span)
        for side in ("input", "output"):
            prefix = rf"llm\.{side}_messages\.(\d+)\."
            sent = {int(m[1]) for key in span.attributes if (m := re.match(prefix, key))}
            roles = [span.attributes.get(f"llm.{side}_messages.{i}.message.role") for i in sent]
            lifted = sum(role in ("system", "developer") for role in roles)
            messages = folded.get(f"{side}_messages", [])
            if side == "input" and sent:
                assert len(messages) == len(sent) - lifted
                assert bool(lifted) == ("system_instructions" in folded)
            sent_calls = {
                value
                for key, value in span.attributes.items()
                if re.match(prefix, key) and key.endswith("tool_call.id")
            }
            assert set(calls(messages)) == sent_calls
            assert all(count == 1 for count in calls(messages).values())


@pytest.mark.parametrize("producer", OPENLLMETRY + OTEL_ATTRIBUTES)
def test_messages_in_attributes_are_all_there(producer: str):
    for span in spans(producer):
        folded = fold(span)
        sent = json.loads(span.attributes.get("gen_ai.input.messages", "[]"))
        explicit = "gen_ai.system_instructions" in span.attributes
        rest = [m for m in sent if explicit or m["role"] != "system"]
        messages = folded.get("input_messages", [])
        assert [m["role"] for m in messages] == [m["role"] for m in rest]
        assert [len(m["parts"]) for m in messages] == [len(m["parts"]) for m in rest]
        assert ("system_instructions" in folded) == (explicit or len(rest) < len(sent))


@pytest.mark.parametrize("producer", OTEL_LOGS)
def test_messages_in_logs_are_all_there(producer: str):
    with_messages = 0
    for span in spans(producer):
        folded = fold(span)
        names = Counter(name for name, _, _ in span.logs)
        inputs = ("gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message")
        assert len(folded.get("input_messages", [])) == sum(names[name] for name in inputs)
        assert len(folded.get("output_messages", [])) == names["gen_ai.choice"]
        with_messages += bool(names)
    assert with_messages


def test_strands_events_give_messages_and_tool_payloads():
    seen: Counter[str] = Counter()
    for span in spans("strands"):
        folded = fold(span)
        names = [name for name, _, _ in span.events]
        if span.kind == "llm":
            sent = [name for name in names if name.endswith(".message")]
            assert len(folded["input_messages"]) == len(sent)
            assert ("output_messages" in folded) == ("gen_ai.choice" in names)
        if span.kind == "tool":
            assert isinstance(folded["tool_arguments"], dict)
            assert folded["tool_result"]
        seen[span.kind] += 1
    assert seen["llm"]
    assert seen["tool"]


@pytest.mark.parametrize(
    "producer",
    [
        *("openinference-openai-agents", "openinference-smolagents", "openinference-crewai"),
        *("openinference-dspy", "openllmetry-langchain", "openllmetry-openai"),
        *("agent-framework", "semantic-kernel", "strands"),
    ],
)
def test_arguments_of_search_docs_are_its_query_without_a_frame(producer: str):
    found = [
        fold(span)
        for span in spans(producer)
        if span.kind == "tool" and "search_docs" in (span.name, span.attributes.get("tool.name"))
    ]
    found += [
        fold(span)
        for span in spans(producer)
        if span.attributes.get("gen_ai.tool.name") in ("search_docs", "P-search_docs")
    ]
    for folded in found:
        assert folded["tool_arguments"].keys() == {"query"}
        assert folded["tool_result"].startswith("3 hits for ")
