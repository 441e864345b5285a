"""An agent that asks the same tool the same question until it gives up (OpenLLMetry)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Call, Message, ModelCall, Step
from .openllmetry import OpenLLMetry

if TYPE_CHECKING:
    from .recording import Recorder

_TASK = "What was the revenue of Halden Maritime ASA in the third quarter of 2025, in NOK?"
_SYSTEM = (
    "You are a financial research assistant. Find figures in company filings with search_filings. "
    "Report only figures you have seen in a filing."
)
_EMPTY = '{"results": [], "total": 0, "hint": "index covers filings up to 2025-06-30"}'
_REMARKS = (
    "I will look up the quarterly report.",
    "No results yet. Let me search the filings for the third quarter.",
    "The search returned nothing; I should try the search again.",
    "Still nothing. The report should be there, let me search again.",
    "I will repeat the search to be sure.",
    "The index may have been slow. Searching again.",
    "Let me try the search once more.",
    "The report must be in the index. I will search again.",
    "Searching again for the third quarter report.",
    "One more attempt at the search.",
)


def record(recorder: Recorder) -> None:
    """Record ten identical searches and the surrender."""
    kit = OpenLLMetry(recorder, recorder.service("filings-research", "0.9.2"))
    recorder.session = "research-7731"
    arguments = {"company": "Halden Maritime ASA", "query": "revenue Q3 2025", "form": "quarterly"}
    steps = [Step((Call("search_filings", arguments, _EMPTY, 240),), say=r) for r in _REMARKS]
    answer = (
        "I could not find the third-quarter 2025 revenue of Halden Maritime ASA. I stopped after "
        "ten searches of the filings index without a result."
    )
    with kit.workflow("filings_research", _TASK) as workflow:
        with kit.agent("filings-researcher", _TASK):
            asked = (Message("system", _SYSTEM), Message("user", _TASK))
            reply = Message("assistant", answer)
            tools = ("search_filings", "open_filing")
            kit.converse(ModelCall("gpt-4o-mini", asked, reply, tools=tools), steps)
        workflow.set_attribute("traceloop.entity.output", answer)
