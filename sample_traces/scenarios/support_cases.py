"""What customers of a bicycle shop ask on one day, and how the agents deal with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .messages import Call, Step

if TYPE_CHECKING:
    import random
    from collections.abc import Callable


@dataclass(frozen=True)
class Case:
    """One customer's question and the way to its answer."""

    agent: str
    question: str
    steps: tuple[Step, ...]
    answer: str


_BIKES = ("Fjord 3 touring bike", "Kestrel e-bike", "Pico folding bike", "Gravel One", "Tandem Duo")
_CITIES = ("Ghent", "Utrecht", "Bremen", "Lyon", "Aarhus", "Turin")
_DAYS = (17, 18, 21, 22, 24, 25)
_COURIERS = ("NordPost", "VeloCargo", "Pakkit")


def _call(name: str, ms: float, result: Any, **arguments: Any) -> Call:
    return Call(name, arguments, json.dumps(result), ms)


def _order(rng: random.Random) -> str:
    return f"BC-{rng.randrange(41_000, 48_000)}"


def _where_is_it(rng: random.Random) -> Case:
    order, bike, city = _order(rng), rng.choice(_BIKES), rng.choice(_CITIES)
    courier, day = rng.choice(_COURIERS), rng.choice(_DAYS)
    tracked = {"courier": courier, "last_scan": city, "eta": f"2026-09-{day}"}
    shipped = _call(
        "get_order", 120, {"order": order, "item": bike, "state": "shipped"}, order=order
    )
    return Case(
        "shipping-agent",
        f"Where is my {bike}? Order {order}, it should have come on Friday.",
        (Step((shipped,)), Step((_call("track_parcel", 540, tracked, order=order),))),
        f"Your {bike} was scanned in {city} this morning. {courier} expects to deliver it on "
        f"{day} September. Sorry for the delay.",
    )


def _refund(rng: random.Random) -> Case:
    order, bike, amount = _order(rng), rng.choice(_BIKES), rng.randrange(80, 900)
    bought = {"order": order, "item": bike, "paid_eur": amount, "days_since_delivery": 9}
    refund = {"refund": f"RF-{rng.randrange(1000, 9999)}", "eur": amount, "state": "queued"}
    return Case(
        "refund-agent",
        f"I returned the {bike} ({order}) last week and still have no money back.",
        (
            Step((_call("get_order", 130, bought, order=order),)),
            Step(
                (_call("create_refund", 910, refund, order=order, amount_eur=amount),),
                say="The return has arrived at our warehouse; I start the refund.",
            ),
        ),
        f"Your refund of {amount} EUR is on its way and takes three to five working days.",
    )


def _size(rng: random.Random) -> Case:
    height, bike = rng.randrange(156, 198), rng.choice(_BIKES)
    size = "S" if height < 167 else "M" if height < 180 else "L"
    chart = [{"size": "S", "to_cm": 167}, {"size": "M", "to_cm": 180}, {"size": "L", "to_cm": 195}]
    return Case(
        "advice-agent",
        f"I am {height} cm tall. Which frame size of the {bike} do I need?",
        (Step((_call("search_handbook", 260, chart, query=f"{bike} frame sizes"),)),),
        f"At {height} cm take frame size {size}. If you prefer to sit upright and are between two "
        "sizes, take the smaller one.",
    )


def _warranty(rng: random.Random) -> Case:
    bike, months = rng.choice(_BIKES), rng.randrange(5, 40)
    covered = months <= 24
    policy = {"frame_years": 10, "parts_years": 2, "wear": ["chain", "pads", "tyres"]}
    serial = f"SN{rng.randrange(10**6, 10**7)}"
    verdict = "is covered: we send you a repair label" if covered else "is no longer covered"
    return Case(
        "warranty-agent",
        f"The gear hub of my {bike} slips after {months} months. Is that on warranty? {serial}",
        (
            Step(
                (
                    _call("get_registration", 150, {"months": months, "bike": bike}, serial=serial),
                    _call("search_handbook", 230, policy, query="warranty gear hub"),
                )
            ),
        ),
        f"Parts have two years of warranty. Your hub is {months} months old and {verdict}.",
    )


def _battery(rng: random.Random) -> Case:
    charge = rng.randrange(20, 70)
    steps = ["Hold the power button for 10 s", "Charge to 100 %", "Update to firmware 2.9"]
    return Case(
        "advice-agent",
        f"My Kestrel e-bike stops at {charge} % battery although the display says 20 km left.",
        (Step((_call("search_handbook", 280, steps, query="Kestrel battery calibration"),)),),
        "That is the battery gauge, not the battery. Charge it to 100 %, hold the power button for "
        "ten seconds and update to firmware 2.9 in the app. Then it counts correctly again.",
    )


def _workshop(rng: random.Random) -> Case:
    city, day = rng.choice(_CITIES), rng.choice(_DAYS)
    slots = [f"2026-09-{day} 09:00", f"2026-09-{day} 14:30"]
    booked = {"booking": f"WS-{rng.randrange(100, 999)}", "slot": slots[1]}
    return Case(
        "workshop-agent",
        f"I'd like an inspection in {city} this month, afternoons are best.",
        (
            Step((_call("list_slots", 310, slots, city=city, service="inspection"),)),
            Step((_call("book_slot", 480, booked, city=city, slot=slots[1]),)),
        ),
        f"Booked: {day} September, 14:30, in {city}. It takes about an hour and costs 59 EUR.",
    )


def _address(rng: random.Random) -> Case:
    order, city = _order(rng), rng.choice(_CITIES)
    changed = {"order": order, "city": city, "state": "changed"}
    return Case(
        "shipping-agent",
        f"Please send order {order} to my office in {city} instead of my home.",
        (
            Step((_call("get_order", 120, {"order": order, "state": "packing"}, order=order),)),
            Step((_call("change_address", 350, changed, order=order, city=city),)),
        ),
        f"Order {order} now goes to your office in {city}. The delivery day stays the same.",
    )


def _greeting(rng: random.Random) -> Case:
    city = rng.choice(_CITIES)
    return Case(
        "advice-agent",
        f"Are you open on Saturdays in {city}?",
        (),
        f"Yes, our shop in {city} is open on Saturdays from 10:00 to 17:00.",
    )


CASES: tuple[Callable[[random.Random], Case], ...] = (
    _where_is_it,
    _refund,
    _size,
    _warranty,
    _battery,
    _workshop,
    _address,
    _greeting,
)
