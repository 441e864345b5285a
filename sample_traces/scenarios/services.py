"""Agents as separate services that call each other over HTTP, in one trace (mixed conventions)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.trace import SpanKind

from .genai import GenAI
from .messages import Call, Message, ModelCall, Step
from .openinference import OpenInference
from .openllmetry import OpenLLMetry

if TYPE_CHECKING:
    from collections.abc import Generator

    from .instrumentation import Instrumentation
    from .recording import Recorder, Service

_TASK = "Four days in Kyoto in November for two, about 1,600 EUR without flights. We like gardens."
_PLAN = "1. Hotel near the Kamo river, 4 nights. 2. Gardens in peak foliage with timed tickets."
_HOTELS = (
    '[{"name": "Kamo Terrace", "eur_night": 168, "rating": 8.9, "rooms": 2}, {"name": "Gion Annex",'
    ' "eur_night": 231, "rating": 9.2, "rooms": 1}]'
)
_GARDENS = (
    '[{"garden": "Tofuku-ji", "peak": "2026-11-20", "ticket_jpy": 1000}, {"garden": "Saiho-ji", '
    '"booking": "two weeks ahead", "ticket_jpy": 4000}, {"garden": "Shoren-in", "night": true}]'
)
_HOTEL_ANSWER = (
    "Kamo Terrace, 4 nights from 18 November, 672 EUR, free cancellation until the 11th."
)
_GARDEN_ANSWER = (
    "18th Shoren-in at night; 19th Saiho-ji (book by 5 November); 20th Tofuku-ji at opening time, "
    "when the foliage peaks. Tickets for two: about 72 EUR."
)
_ANSWER = (
    "Your four days: Kamo Terrace from 18 November (672 EUR). Evening one Shoren-in lit at night, "
    "then Saiho-ji, then Tofuku-ji in peak colour. Tickets about 72 EUR, which leaves some 850 EUR "
    "for food and trains. Shall I hold the room?"
)


def record(recorder: Recorder) -> None:
    """Record one request through four services."""
    gateway = recorder.service("trip-gateway", "5.2.0")
    planner = recorder.service("planner-agent", "2.0.3")
    hotels = recorder.service("hotel-agent", "1.7.1")
    gardens = recorder.service("activity-agent", "0.6.0")
    recorder.session = "trip-20260915-118"
    with _served(recorder, gateway, "/v1/trips"), _posted(recorder, gateway, planner):
        kit = GenAI(recorder, planner)
        with kit.agent("planner", _TASK) as run:
            asked = (Message("system", "You plan trips and delegate."), Message("user", _TASK))
            kit.chat(ModelCall("gpt-5", asked, Message("assistant", _PLAN), with_cost=True))
            with recorder.clock.parallel() as parallel:
                with parallel.branch(), _posted(recorder, planner, hotels):
                    _hotels(OpenInference(recorder, hotels))
                with parallel.branch(12), _posted(recorder, planner, gardens):
                    _gardens(OpenLLMetry(recorder, gardens))
            history = (
                *asked,
                Message("assistant", _PLAN),
                Message("user", f"hotel-agent: {_HOTEL_ANSWER}"),
                Message("user", f"activity-agent: {_GARDEN_ANSWER}"),
            )
            kit.chat(ModelCall("gpt-5", history, Message("assistant", _ANSWER), with_cost=True))
            run.answer = _ANSWER


def _hotels(kit: OpenInference) -> None:
    task = "Hotel for two in Kyoto near the Kamo river, 18-22 November 2026, up to 180 EUR a night"
    steps = [Step((Call("search_hotels", {"city": "Kyoto", "max_eur": 180}, _HOTELS, 1900),))]
    _run(kit, "hotel-agent", "gpt-4o-mini", task, steps, _HOTEL_ANSWER)


def _gardens(kit: OpenLLMetry) -> None:
    task = "Gardens in Kyoto at their best between 18 and 22 November, with ticket rules"
    steps = [
        Step((Call("foliage_forecast", {"city": "Kyoto", "month": 11}, _GARDENS, 420),)),
        Step((Call("check_tickets", {"garden": "Saiho-ji"}, '{"free": ["2026-11-19"]}', 760),)),
    ]
    _run(kit, "activity-agent", "gemini-2.5-flash", task, steps, _GARDEN_ANSWER)


def _run(
    kit: Instrumentation, name: str, model: str, task: str, steps: list[Step], answer: str
) -> None:
    with kit.agent(name, task):
        asked = (Message("system", f"You are {name} of a travel agency."), Message("user", task))
        kit.converse(ModelCall(model, asked, Message("assistant", answer)), steps)


@contextmanager
def _posted(recorder: Recorder, client: Service, server: Service) -> Generator[None]:
    """Send a request from `client` to `server`; the block is what the server does."""
    tracer = client.tracer("opentelemetry.instrumentation.httpx", "0.66b1")
    attributes = {
        "http.request.method": "POST",
        "url.full": f"http://{server.name}:8080/run",
        "server.address": server.name,
        "server.port": 8080,
    }
    with recorder.span(tracer, "POST", attributes, kind=SpanKind.CLIENT) as span:
        headers = recorder.inject()
        recorder.clock.advance(3)
        with recorder.within(recorder.extract(headers)), _served(recorder, server, "/run"):
            yield
        recorder.clock.advance(2)
        span.set_attribute("http.response.status_code", 200)


@contextmanager
def _served(recorder: Recorder, service: Service, route: str) -> Generator[None]:
    tracer = service.tracer("opentelemetry.instrumentation.fastapi", "0.66b1")
    attributes = {"http.request.method": "POST", "http.route": route, "url.path": route}
    with recorder.span(tracer, f"POST {route}", attributes, kind=SpanKind.SERVER) as span:
        recorder.clock.advance(1.5)
        yield
        span.set_attribute("http.response.status_code", 200)
