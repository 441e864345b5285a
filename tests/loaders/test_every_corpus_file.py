"""Every file of the corpora: read by its own format or refused with a reason; no line is lost.

What each format makes of its files is for that format's tests. `FORMATS` says which loader a
format's files are for; single files that are another's, with the reason, are in `OTHERS`.
"""

import pytest
from loaders.corpus import entries, physical_lines
from loaders.loading import NotReadError, load_bytes, load_file
from shared_data import shared
from tracetui_loaders.base import LoadError

FORMATS = {
    "adk-session": "adk_session",
    "agentguard-jsonl": "agentguard_jsonl",
    "atif": "atif",
    "autogen": "autogen_replay",
    "autogen-captain": "who_and_when",
    "braintrust": "braintrust",
    "claude-code": "claude_code",
    "claude-stream-json": "claude_stream_json",
    "cline": "cline",
    "codex": "codex",
    "codex-exec-json": "codex_exec",
    "copilot-cli": "copilot_cli",
    "copilot-vscode": "copilot_vscode",
    "deepeval": "deepeval",
    "gemini-cli": "gemini_cli",
    "generic-jsonl": "generic_jsonl",
    "inspect-eval": "inspect_eval",
    "invariant": "invariant",
    "jaeger-json": "jaeger",
    "kimi": "kimi",
    "langchain-events": "langchain_events",
    "langfuse": "langfuse",
    "langsmith": "langsmith",
    "magentic-one": "who_and_when",
    "mini-swe-agent": "mini_swe_agent",
    "openai-agents": "openai_agents",
    "openclaw": "pi",
    "opencode": "opencode",
    "opencode-json": "opencode_json",
    "openhands": "openhands",
    "openinference-vercel": "readable_span_js",
    "otel-console": "otel_console",
    "otel-flat": "otel_flat",
    "otel-parquet": "otel_parquet",
    "otlp-json": "otlp_json",
    "otlp-json-snake": "otlp_json",
    "otlp-logs": "otlp_json",
    "otlp-metrics": "otlp_json",
    "otlp-proto": "otlp_proto",
    "pi": "pi",
    "qwen-code": "qwen_code",
    "swe-agent": "swe_agent",
    "tau-bench": "tau_bench",
    "trulens": "trulens",
    "zipkin-json": "zipkin",
}
SMALL = {
    "agents-grok": "grok",
    "antigravity": "antigravity",
    "cursor": "cursor",
    "droid": "droid",
    "hermes": "hermes",
    "stage0-agents-grok": "grok",
}
"""The folder other-agents holds several: by how a file's name begins."""

OTHERS = {
    # Messages in Bedrock Converse's shape, not spans.
    "otel-flat/strands-strands_agent_skills.json": "converse_messages",
    # A trace with its spans inside, which are flat; not what the console exporter prints.
    "otel-console/monocle-642dbd9d0dfcfdbdc8849f67f34c8a19.json": "otel_flat",
    # Events of `codex exec --json` inside one document.
    "codex/strands-codex_exec_json.json": "codex_exec",
}
REFUSED = {
    "langsmith/langsmith-js-anthropic_managed_builtin_tools.jsonl": "list_runs",
    "langsmith/langsmith-js-anthropic_managed_mcp_tools.jsonl": "list_runs",
    # The number of a storage's layout, alone in its file.
    "opencode/storage_v2/migration": "no objects with fields",
}
"""What the reason says to a person."""

REJECTED = {
    "generic-jsonl/agentxray-openai_chat_trace.jsonl": 1,
}
"""Lines that are no JSON; no other file has one that its format cannot read."""

BINARY = ("otlp-proto", "otel-parquet")
ELSEWHERE = ("opencode/storage_v2/message/", "opencode/storage_v2/part/", ".meta.json")
"""Parts of sessions that are told by the file that names the session."""

ENTRIES = entries()


def expected(entry):
    """Return the name of the loader that a file is for."""
    if entry["file"] in OTHERS:
        return OTHERS[entry["file"]]
    if entry["fmt"] in FORMATS:
        return FORMATS[entry["fmt"]]
    name = entry["file"].rpartition("/")[2]
    return next(loader for start, loader in SMALL.items() if name.startswith(start))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_file_is_read_by_its_own_format_or_refused_with_a_reason(entry):
    name, path = entry["file"], shared(f"corpora/{entry['file']}")
    if name in REFUSED:
        with pytest.raises((NotReadError, LoadError), match=REFUSED[name]):
            load_file(path)
        return
    loaded = load_file(path)
    assert loaded.format == expected(entry)
    has_lines = entry["fmt"] not in BINARY and not name.endswith(".eval")
    assert loaded.count() == (physical_lines(path) if has_lines else 0)
    assert loaded.lines.rejected == REJECTED.get(name, 0)
    assert loaded.kinds().count("rejected") == REJECTED.get(name, 0)
    if not any(part in name for part in ELSEWHERE):
        assert len(loaded.spans) + len(loaded.logs) + loaded.metric_points > 0


def test_the_corpora_are_all_there_and_every_format_has_a_loader():
    shared("corpora/manifest.json")
    assert len(ENTRIES) == 279
    formats = {entry["fmt"] for entry in ENTRIES}
    assert len(formats) == 46
    assert formats == FORMATS.keys() | {"other-agents"}
    names = {entry["file"] for entry in ENTRIES}
    assert names >= OTHERS.keys() | REFUSED.keys() | REJECTED.keys()


def test_aider_s_history_is_known_as_such_and_refused(tmp_path):
    history = "\n# aider chat started at 2024-05-01 10:00:00\n\n#### fix it\n\n> Tokens: 5k sent\n"
    with pytest.raises(NotReadError, match="aider's chat history, in Markdown"):
        load_bytes(tmp_path, history)
