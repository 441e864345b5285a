"""One agent with tools, parallel calls and a tool that fails once (OTel GenAI, new)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .genai import GenAI
from .messages import Call, Message, ModelCall, Step
from .recording import Failure

if TYPE_CHECKING:
    from .recording import Recorder

_SYSTEM = (
    "You are the rebooking agent of Meridian Air. You may look up bookings, search flights, read "
    "fare rules and change bookings. Never change a booking before the customer has agreed to the "
    "price in this conversation. Answer in the customer's language, briefly."
)
_TASK = (
    "Hi, it's Jonas Weber, booking K7QP2M. My meeting moved. Can you put me on a Thursday morning "
    "flight from Lisbon to Berlin instead of Wednesday? You have my OK below 80 EUR."
)
_TOOLS = ("get_booking", "search_flights", "get_fare_rules", "get_seat_map", "change_booking")
_FLIGHTS = [
    {"flight": "MA 1532", "departs": "06:10", "arrives": "10:45", "seats": 9, "fare_eur": 214.0},
    {"flight": "MA 1536", "departs": "09:35", "arrives": "14:10", "seats": 3, "fare_eur": 241.5},
    {"flight": "MA 1540", "departs": "12:50", "arrives": "17:25", "seats": 0, "fare_eur": None},
]
_BOOKING = {
    "booking": "K7QP2M",
    "passenger": "Jonas Weber",
    "flight": "MA 1536",
    "date": "2026-09-16",
    "fare": "Flex Light",
    "paid_eur": 189.0,
    "seat": "14C",
}
_SEAT_MAP_TIMEOUT = Failure(
    "httpx.ReadTimeout",
    "seat-map service did not answer within 5.0 s",
    "Traceback (most recent call last):\n"
    '  File "/app/rebooking/tools.py", line 118, in get_seat_map\n'
    '    response = await client.get(f"/flights/{flight}/seats", timeout=5.0)\n'
    '  File "/usr/lib/python3.12/site-packages/httpx/_client.py", line 1768, in get\n'
    "    return await self.request(\n"
    "httpx.ReadTimeout: seat-map service did not answer within 5.0 s\n",
)


def _steps() -> list[Step]:
    rules = {"fare": "Flex Light", "change_fee_eur": 0, "fare_difference": True, "refund": False}
    seats = {"flight": "MA 1536", "free": ["14C", "15A", "22F"]}
    changed = {"booking": "K7QP2M", "status": "changed", "charged_eur": 52.5, "seat": "14C"}
    seat_call = {"flight": "MA 1536", "date": "2026-09-17"}
    return [
        Step(
            (Call("get_booking", {"reference": "K7QP2M"}, json.dumps(_BOOKING), 140),),
            thinking="I need the booking first: fare and date decide what a change costs.",
        ),
        Step(
            (
                Call(
                    "search_flights",
                    {"from": "LIS", "to": "BER", "date": "2026-09-17", "before": "13:00"},
                    json.dumps(_FLIGHTS),
                    820,
                ),
                Call("get_fare_rules", {"fare": "Flex Light"}, json.dumps(rules), 95),
            ),
            say="Let me look at Thursday morning and at the rules of your fare.",
        ),
        Step(
            (Call("get_seat_map", seat_call, ms=5000, failure=_SEAT_MAP_TIMEOUT),),
            thinking="MA 1536 at 09:35 keeps the same schedule: 241.50 - 189.00 = 52.50 EUR, under "
            "80 EUR, so the customer has agreed. He sits in 14C; check whether it is free.",
        ),
        Step(
            (Call("get_seat_map", seat_call, json.dumps(seats), 310),),
            say="The seat map did not load; I try once more.",
        ),
        Step(
            (
                Call(
                    "change_booking",
                    {"reference": "K7QP2M", "flight": "MA 1536", "date": "2026-09-17"},
                    json.dumps(changed),
                    1260,
                ),
            ),
        ),
    ]


def record(recorder: Recorder) -> None:
    """Record the run."""
    kit = GenAI(recorder, recorder.service("rebooking-agent", "3.8.0"))
    recorder.session = "conv-k7qp2m-01"
    answer = (
        "Done, Jonas: you are on MA 1536 on Thursday 17 September, Lisbon 09:35 to Berlin 14:10, "
        "seat 14C as before. The change itself is free; the fare difference of 52.50 EUR went to "
        "the card you paid with."
    )
    with kit.agent("rebooking-agent", _TASK) as run:
        run.span.set_attribute("gen_ai.agent.description", "Changes flights for customers")
        asked = (Message("system", _SYSTEM), Message("user", _TASK))
        call = ModelCall(
            "claude-sonnet-4-5",
            asked,
            Message("assistant", answer),
            tools=_TOOLS,
            stream=True,
            with_cost=True,
            extra={"gen_ai.request.max_tokens": 4096, "gen_ai.request.temperature": 0.2},
        )
        kit.converse(call, _steps(), cache=True)
