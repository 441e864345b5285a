"""A run whose process died: parents never arrived, one span has no end (OTel GenAI)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace

from .genai import GenAI
from .messages import Call, Message, ModelCall, Step

if TYPE_CHECKING:
    from .recording import Recorder

_TASK = "Collect every published field study on cover crops and soil nitrogen, 2015 to 2025."
_STUDIES = (
    ("clover", "27 studies, 11 with raw data; nitrogen +18 % on average, wide spread."),
    ("rye", "34 studies, 9 with raw data; nitrate leaching -41 % in wet winters."),
    ("vetch", "19 studies, 6 with raw data; effect depends on the date of termination."),
)


def record(recorder: Recorder) -> None:
    """Record what was exported before the process was killed.

    The root and the agent stay open and are never exported; the last model call is flushed
    without an end.
    """
    service = recorder.service("literature-agent", "0.4.7")
    kit = GenAI(recorder, service)
    recorder.session = "review-cover-crops"
    root = recorder.open(kit.tracer, "literature_review", {"review.topic": "cover crops"})
    with recorder.within(trace.set_span_in_context(root)):
        agent = recorder.open(kit.tracer, *kit.agent_start("librarian", _TASK))
        with recorder.within(trace.set_span_in_context(agent)):
            _search(kit)
            messages = (Message("user", "Merge the three summaries into one table."),)
            call = ModelCall("gpt-5", messages, Message("assistant"), stream=True)
            name, kind, attributes = kit.chat_start(call)
            pending = recorder.open(kit.tracer, name, attributes, kind=kind)
            recorder.clock.advance(2_400)
            recorder.export_open(pending, service)


def _search(kit: GenAI) -> None:
    """Search for each crop; `reader` agents end normally under an agent that does not."""
    recorder = kit.recorder
    with recorder.clock.parallel() as parallel:
        for i, (crop, summary) in enumerate(_STUDIES):
            with parallel.branch(i * 25), kit.agent(f"reader-{crop}", f"Read studies on {crop}."):
                asked = (Message("system", _TASK), Message("user", f"Read studies on {crop}."))
                query = {"query": f'"{crop}" AND "soil nitrogen"', "from": 2015, "to": 2025}
                found = f'{{"hits": {19 + 7 * i}, "with_data": {6 + 2 * i}}}'
                steps = [Step((Call("search_openalex", query, found, 1300),))]
                call = ModelCall("gemini-2.5-flash", asked, Message("assistant", summary))
                kit.converse(call, steps)
