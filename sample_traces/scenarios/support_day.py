"""Thirty-eight conversations of a bicycle shop's support agents over one day (all conventions)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .genai import GenAI, GenAIOld
from .messages import Message, ModelCall
from .openinference import OpenInference
from .openllmetry import OpenLLMetry
from .recording import Failure
from .support_cases import CASES

if TYPE_CHECKING:
    from .instrumentation import Instrumentation
    from .recording import Recorder
    from .support_cases import Case

_TRACES = 38
_SYSTEM = "You help customers of Bicycle & Co. Be short and kind; use the tools for facts."
_MODELS = ("gpt-4o-mini", "gpt-5", "claude-sonnet-4-5", "gemini-2.5-flash", "gpt-4o-mini")
_FIRST_HOUR, _LAST_HOUR = 6.4, 22.2
_TIMEOUT = Failure("TimeoutError", "orders-api did not answer within 8 s")
_OVERLOADED = Failure("anthropic.APIStatusError", "Error code: 529 - Overloaded")
_RATE_LIMIT = Failure("openai.RateLimitError", "Error code: 429 - Rate limit reached for gpt-5")
_NO_ORDER = Failure("OrderNotFoundError", "no order with this number for this customer")
_TROUBLES = {
    4: "tool fails",
    9: "rate limit",
    13: "stream cut",
    17: "tool fails",
    22: "overloaded",
    26: "content filter",
    30: "timeout",
    31: "timeout",
    35: "rate limit",
    36: "cut off",
}
"""What goes wrong, by the number of the conversation."""


def record(recorder: Recorder) -> None:
    """Record the day; most conversations go well."""
    day = recorder.clock.now
    recorder.export_interval_nano = 30_000_000_000
    kits: tuple[Instrumentation, ...] = (
        GenAI(recorder, recorder.service("support-chat", "4.1.0")),
        OpenInference(recorder, recorder.service("support-email", "2.8.2")),
        OpenLLMetry(recorder, recorder.service("support-voice", "1.0.9")),
        GenAIOld(recorder, recorder.service("support-whatsapp", "0.7.4")),
    )
    starts = sorted(recorder.rng.triangular(_FIRST_HOUR, _LAST_HOUR, 11) for _ in range(_TRACES))
    for i, hour in enumerate(starts):
        recorder.clock.now = max(recorder.clock.now, day + round(hour * 3_600e9))
        recorder.session = f"cust-{recorder.rng.randrange(2000, 2026)}"
        kit = kits[i % len(kits)]
        trouble = _TROUBLES.get(i, "")
        about_order = trouble in ("tool fails", "timeout")
        case = (CASES[0] if about_order else recorder.rng.choice(CASES))(recorder.rng)
        _talk(kit, case, recorder.rng.choice(_MODELS), trouble)


def _talk(kit: Instrumentation, case: Case, model: str, trouble: str) -> None:
    """Record one conversation."""
    # Some emitters repeat the calls' usage on the agent and some do not; a day has both.
    rollup = not isinstance(kit, GenAI)
    with kit.agent(case.agent, case.question, rollup=rollup) as run:
        asked = (Message("system", _SYSTEM), Message("user", case.question))
        call = ModelCall(
            model,
            asked,
            Message("assistant", case.answer),
            stream=kit.recorder.rng.random() < 0.5,
            with_cost=kit.recorder.rng.random() < 0.6,
        )
        match trouble:
            case "rate limit":
                kit.chat(replace(call, model="gpt-5", failure=_RATE_LIMIT))
                kit.recorder.clock.advance(1_100)
                kit.converse(replace(call, model="gpt-4o-mini"), case.steps)
            case "overloaded":
                failed = replace(call, model="claude-sonnet-4-5", failure=_OVERLOADED)
                for wait_ms in (900, 2_100, 0):
                    kit.chat(failed)
                    kit.recorder.clock.advance(wait_ms)
                kit.fail(run.span, _OVERLOADED)
            case "timeout":
                _time_out(kit, case, call)
                kit.fail(run.span, _TIMEOUT)
            case "tool fails":
                _not_found(kit, case, call)
            case "stream cut":
                kit.chat(replace(call, stream=True, with_usage=False, with_cost=False))
            case "content filter":
                kit.chat(replace(call, reply=Message("assistant"), finish="content_filter"))
            case "cut off":
                cut = Message("assistant", case.answer[: len(case.answer) // 2])
                kit.converse(replace(call, reply=cut, finish="length"), case.steps)
            case _:
                kit.converse(call, case.steps)


def _time_out(kit: Instrumentation, case: Case, call: ModelCall) -> None:
    """Have the order lookup hang; nothing follows."""
    lookup = case.steps[0].calls[0]
    identifier = kit.recorder.identifier("call_")
    failing = replace(lookup, failure=_TIMEOUT, ms=8_000, id=identifier)
    kit.chat(replace(call, reply=Message("assistant", "", (failing,))))
    kit.tool(failing)


def _not_found(kit: Instrumentation, case: Case, call: ModelCall) -> None:
    """Have a tool fail once; the agent asks back."""
    lookup = case.steps[0].calls[0]
    failing = replace(lookup, failure=_NO_ORDER, id=kit.recorder.identifier("call_"))
    reply = Message("assistant", "Let me look up the order.", (failing,))
    kit.chat(replace(call, reply=reply))
    kit.tool(failing)
    history = (*call.messages, reply, Message("tool", _NO_ORDER.message, call_id=failing.id))
    answer = Message("assistant", "I cannot find that order. Could you check the number, please?")
    kit.chat(replace(call, messages=history, reply=answer))
