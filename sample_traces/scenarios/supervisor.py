"""A supervisor that hands work to specialists, two of them at once (OpenInference)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import Call, Message, ModelCall, Step
from .openinference import OpenInference

if TYPE_CHECKING:
    from .recording import Recorder

_TASK = (
    "Should we open a second warehouse in Rotterdam or extend the one in Antwerp? One page for "
    "Thursday's board meeting, with a recommendation."
)
_SUPERVISOR = (
    "You lead a small team: market_analyst, legal_counsel, writer. Decide who works next, give "
    "each a precise task, and check what comes back. Reply to the user only when the page is ready."
)
_MARKET = (
    "Throughput grows 11 % a year; Antwerp is full in Q2 2027. Rent: Rotterdam Maasvlakte "
    "84 EUR/m2, Antwerp extension 61 EUR/m2 plus 3.2 M EUR building cost. 62 % of our volume "
    "already enters through Rotterdam; moving it saves 0.9 M EUR a year in trucking."
)
_LEGAL = (
    "Antwerp: the extension needs an environmental permit, 9-14 months, and neighbours objected to "
    "the last one. Rotterdam: existing permit for general cargo is transferable; the works council "
    "must be heard before a lease over five years is signed."
)
_PAGE = (
    "# Warehouse capacity from 2027\n\n**Recommendation: lease in Rotterdam (Maasvlakte), five "
    "years.**\n\n- Antwerp is full in Q2 2027 at 11 % growth.\n- Rotterdam costs 84 EUR/m2 against "
    "61 EUR/m2, but saves 0.9 M EUR a year in trucking and 3.2 M EUR of building.\n- The Antwerp "
    "permit takes 9-14 months and is likely to be contested; Rotterdam's is transferable.\n\n"
    "**Next**: hear the works council in October, sign in November."
)
_FREIGHT = (
    '{"2023": 212400, "2024": 236100, "2025": 262300, "unit": "TEU", "via": {"Rotterdam": 0.62, '
    '"Antwerp": 0.38}}'
)
_RENTS = '[{"site": "Maasvlakte", "eur_m2": 84}, {"site": "Antwerp Left Bank", "eur_m2": 61}]'
_PERMITS = (
    '[{"site": "Antwerp extension", "permit": "environment class 1", "months": "9-14", "objections"'
    ': 3}, {"site": "Maasvlakte 2", "permit": "general cargo", "transferable": true}]'
)


def record(recorder: Recorder) -> None:
    """Record the team's run."""
    kit = OpenInference(recorder, recorder.service("board-briefing", "1.1.0"))
    recorder.session = "thread-board-38"
    with kit.agent("supervisor", _TASK) as run:
        history = [Message("system", _SUPERVISOR), Message("user", _TASK)]
        _delegate(
            kit,
            history,
            ("market_analyst", "Compare capacity, rent and transport cost of both sites."),
            ("legal_counsel", "List the permits and consents each site needs, with durations."),
        )
        with recorder.clock.parallel() as parallel:
            with parallel.branch():
                _market(kit)
            with parallel.branch(35):
                _legal(kit)
        history += [Message("user", f"market_analyst: {_MARKET}")]
        history += [Message("user", f"legal_counsel: {_LEGAL}")]
        _delegate(kit, history, ("writer", "Write the page from both reports; recommend one site."))
        with kit.agent("writer", "Write the page from both reports; recommend one site.") as writer:
            asked = (Message("system", "You write for busy directors."), *history[-3:-1])
            kit.chat(ModelCall("claude-sonnet-4-5", asked, Message("assistant", _PAGE)))
            writer.answer = _PAGE
        history.append(Message("user", f"writer: {_PAGE}"))
        kit.chat(ModelCall("gpt-5", tuple(history), Message("assistant", _PAGE)))
        run.answer = _PAGE


def _delegate(kit: OpenInference, history: list[Message], *tasks: tuple[str, str]) -> None:
    """Have the supervisor decide, and record the handoffs as the tools they are."""
    calls = tuple(
        Call(
            f"transfer_to_{agent}",
            {"task": task},
            f"Transferred to {agent}",
            ms=3,
            id=kit.recorder.identifier("call_"),
        )
        for agent, task in tasks
    )
    reply = Message("assistant", "", calls)
    tools = ("transfer_to_market_analyst", "transfer_to_legal_counsel", "transfer_to_writer")
    kit.chat(ModelCall("gpt-5", tuple(history), reply, tools=tools, with_cost=True))
    for call in calls:
        kit.tool(call)
    history.append(reply)


def _market(kit: OpenInference) -> None:
    task = "Compare capacity, rent and transport cost of both sites."
    with kit.agent("market_analyst", task):
        asked = (Message("system", "You are a logistics analyst."), Message("user", task))
        steps = [
            Step((Call("query_freight_volumes", {"years": [2023, 2024, 2025]}, _FREIGHT, 640),)),
            Step((Call("search_rents", {"sites": ["Maasvlakte", "Antwerp"]}, _RENTS, 1450),)),
        ]
        call = ModelCall("gemini-2.5-flash", asked, Message("assistant", _MARKET))
        kit.converse(call, steps)


def _legal(kit: OpenInference) -> None:
    task = "List the permits and consents each site needs, with durations."
    with kit.agent("legal_counsel", task):
        asked = (
            Message("system", "You are in-house counsel in the Benelux."),
            Message("user", task),
        )
        steps = [Step((Call("search_permits", {"country": ["NL", "BE"]}, _PERMITS, 980),))]
        call = ModelCall("claude-sonnet-4-5", asked, Message("assistant", _LEGAL))
        kit.converse(call, steps)
