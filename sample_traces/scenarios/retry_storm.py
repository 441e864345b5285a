"""Parallel requests that run into rate limits and fall back (OTel GenAI, old)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .genai import GenAIOld
from .messages import Message, ModelCall
from .recording import Failure

if TYPE_CHECKING:
    from .recording import Recorder

_LIMIT = Failure(
    "openai.RateLimitError",
    "Error code: 429 - Rate limit reached for gpt-5 in organization org-lumen on tokens per min "
    "(TPM): Limit 30000, Used 29874, Requested 1460. Please try again in 2.668s.",
)
_SYSTEM = "Summarise the support ticket in two sentences for the weekly report. Name the product."
_TICKETS = (
    (
        "#88121",
        "The Lumen Duo flickers when both lamps are above 80 %. I replaced the dimmer, no change. "
        "It started after the update to 4.2.",
        "A Lumen Duo flickers above 80 % brightness since firmware 4.2, also with a new dimmer. "
        "Fourth report of this kind this week.",
        2,
    ),
    (
        "#88127",
        "Your app asks me to pair the Lumen Bridge again every morning. Phone is a Pixel 9.",
        "The Lumen Bridge loses its pairing overnight with a Pixel 9. No workaround known yet.",
        4,
    ),
    (
        "#88130",
        "I was charged twice for order 55-1207, once on the 3rd and once on the 4th.",
        "A customer was charged twice for order 55-1207 (Lumen Floor). Billing is to refund one.",
        3,
    ),
    (
        "#88133",
        "The Lumen Strip arrived with only two of three connectors. Please send the third.",
        "A Lumen Strip was delivered with a connector missing. A replacement part is requested.",
        4,
    ),
    (
        "#88140",
        "Where can I see how much power the Lumen Floor uses? The manual says in the app.",
        "A customer looks for the power usage of the Lumen Floor in the app. The page was removed "
        "in app 7.0; the manual is out of date.",
        4,
    ),
    (
        "#88144",
        "Thank you, the new lamp works very well!",
        "A customer is happy with a replacement Lumen Duo. No action needed.",
        1,
    ),
)
_ATTEMPTS = 4


def record(recorder: Recorder) -> None:
    """Record six tickets summarised at once."""
    kit = GenAIOld(recorder, recorder.service("weekly-report", "0.3.0"))
    recorder.session = "weekly-2026-w38"
    with kit.agent("report-agent", "Summarise the week's tickets."), recorder.clock.parallel() as p:
        for i, ticket in enumerate(_TICKETS):
            with p.branch(i * 6):
                _summarise(kit, *ticket)


def _summarise(kit: GenAIOld, number: str, text: str, summary: str, limited: int) -> None:
    """Try `gpt-5` up to four times, then `gpt-4o-mini`."""
    recorder = kit.recorder
    asked = (Message("system", _SYSTEM), Message("user", f"{number}: {text}"))
    reply = Message("assistant", summary)
    with recorder.span(kit.tracer, f"summarise {number}", {"ticket.id": number}) as span:
        for attempt in range(_ATTEMPTS):
            failure = _LIMIT if attempt < limited else None
            extra = {"retry.attempt": attempt + 1}
            kit.chat(ModelCall("gpt-5", asked, reply, failure=failure, extra=extra))
            if failure is None:
                return
            wait_ms = 500 * 2**attempt * recorder.rng.uniform(0.75, 1.25)
            waiting = {"retry.wait_ms": round(wait_ms), "error.type": "RateLimitError"}
            span.add_event("backoff", waiting, timestamp=recorder.clock.now)
            recorder.clock.advance(wait_ms)
        fallback = {"fallback.from": "gpt-5", "fallback.to": "gpt-4o-mini"}
        span.add_event("fallback", fallback, timestamp=recorder.clock.now)
        kit.chat(ModelCall("gpt-4o-mini", asked, reply))
