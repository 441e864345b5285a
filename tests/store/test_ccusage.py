"""Claude Code sessions against ccusage: the same transcripts, priced by another program.

What ccusage says was written down once: version 20.0.26, offline, one project directory per
transcript (`ccusage session --offline --json`). It prices from LiteLLM's table, we from
genai-prices.
"""

import pytest
from shared_data import shared
from store.loading import load

CCUSAGE = {
    "ccviewer-agent-test-hash-123.jsonl": 0.00045000000000000004,
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093/subagents/agent-ac47f8c.jsonl": 0.0061875,
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093/subagents/agent-aa9d784.jsonl": 0.00619625,
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093/subagents/agent-a775a67.jsonl": 0.0062175,
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093/subagents/agent-ae52dab.jsonl": 0.0061875,
    "copilotchat-98b76fb9-f5d3-40c5-ab82-b970c20e3764.jsonl": 0.0359105,
    "ccviewer-fe5e1c67-53e7-4862-81ae-d0e013e3270b.jsonl": 2.3932151999999998,
    "ccusage-project-alpha-session-alpha-chat.jsonl": 1.02,
    "sniffly-ba79134d-b6e9-4867-af0c-6941038c9e4b.jsonl": 0.2456637,
    "sniffly-fed8ce56-bc79-401f-a83e-af084253362f.jsonl": 0.0777972,
    "copilotchat-c8bcb3a7-8728-4d76-9aae-1cbaf2350114.jsonl": 0.06386535,
    "agentsessions/small.jsonl": 0.000175,
    "tailclaude/test-session/subagents/agent-abc1234.jsonl": 0.0006150000000000001,
    "tailclaude/test-session/subagents/agent-def5678.jsonl": 0.0012000000000000001,
    "tailclaude/test-session/subagents/agent-warmup99.jsonl": 6e-05,
    "tailclaude/ongoing_tooluse.jsonl": 0.002115,
    "tailclaude/not_ongoing_shutdown.jsonl": 0.00175,
    "tailclaude/mcp-tools.jsonl": 0.24837350000000002,
    "tailclaude/not_ongoing_exitplan.jsonl": 0.00525,
    "tailclaude/ongoing_pending_task.jsonl": 0.009250000000000001,
    "tailclaude/not_ongoing_interrupted_pending.jsonl": 0.005,
    "tailclaude/multi_turn.jsonl": 0.01379625,
    "tailclaude/team-project/deadcode-session.jsonl": 0.000915,
    "tailclaude/team-project/planner-session.jsonl": 0.0010500000000000002,
    "copilotchat-b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093.jsonl": 0.0226813,
    "ccviewer-agent-test-hash-456.jsonl": 0.00045000000000000004,
    "copilotchat-553dd2b5-8a53-4fbf-9db2-240632522fe5.jsonl": 0.0065208,
}
"""US dollars per transcript."""
UNLISTED = (
    "agentsessions/subagent/0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f/subagents/agent-a0ad4f44468bdf20d.jsonl",
    "agentsessions/subagent/0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f.jsonl",
    "agentsessions/large.jsonl",
    "tailclaude/test-session/subagents/agent-acompact-xyz.jsonl",
    "tailclaude/test-session.jsonl",
    "simonw-sample_session.jsonl",
)
"""Transcripts that ccusage does not list: no answer in them reports usage."""
LARGEST_DIFFERENCE = 0.005


@pytest.mark.parametrize("name", CCUSAGE)
def test_a_session_costs_what_ccusage_says(name):
    answers = load(shared(f"corpora/claude-code/{name}"))
    assert answers.totals.cost_usd == pytest.approx(CCUSAGE[name], rel=LARGEST_DIFFERENCE)
    statuses = {span["cost_status"] for span in answers.spans if span["counts"]}
    assert statuses <= {"computed", "given"}


@pytest.mark.parametrize("name", UNLISTED)
def test_a_session_without_usage_has_no_cost_and_not_0(name):
    answers = load(shared(f"corpora/claude-code/{name}"))
    assert answers.totals.cost_usd is None
    assert answers.totals.input_tokens is None
