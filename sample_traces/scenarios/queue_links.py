"""Work sent through a queue: one trace per message, joined by span links (mixed conventions)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind

from .genai import GenAI
from .messages import Call, Message, ModelCall, Step
from .openllmetry import OpenLLMetry

if TYPE_CHECKING:
    from .recording import Recorder, Service

_INVOICES = (
    ("INV-20431", "Bramley Print Ltd", "GBP", 1284.50, "PO-7719", "match"),
    ("INV-20432", "Kaffebryggeriet AS", "NOK", 9120.00, "PO-7702", "match"),
    ("INV-20433", "Oduya Cleaning GmbH", "EUR", 640.00, None, "no purchase order"),
    ("INV-20434", "Seville Freight SL", "EUR", 2975.25, "PO-7688", "amount differs by 25.25 EUR"),
)
_SCOPE = ("opentelemetry.instrumentation.celery", "0.66b1")


def record(recorder: Recorder) -> None:
    """Record the intake, one trace per invoice, and the posting of the batch."""
    intake = recorder.service("invoice-intake", "1.2.0")
    worker = recorder.service("invoice-extractor", "1.2.0")
    ledger = recorder.service("ledger-poster", "1.0.4")
    recorder.session = "batch-2026-09-15-am"
    sent = _intake(recorder, intake)
    results: list[dict[str, str]] = []
    with recorder.clock.parallel() as parallel:
        for i, headers in enumerate(sent):
            with parallel.branch(240 + 610 * (i % 2) + 90 * i):
                results.append(_extract(recorder, worker, i, headers))
    recorder.clock.advance(800)
    _post(recorder, ledger, results)


def _messaging(operation: str, queue: str, **more: Any) -> dict[str, Any]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.destination.name": queue,
        **{f"messaging.{key.replace('_', '.', 1)}": value for key, value in more.items()},
    }


def _send(recorder: Recorder, service: Service, queue: str, message_id: str) -> dict[str, str]:
    attributes = _messaging("send", queue, message_id=message_id)
    tracer = service.tracer(*_SCOPE)
    with recorder.span(tracer, f"send {queue}", attributes, kind=SpanKind.PRODUCER):
        recorder.clock.advance(4)
        return recorder.inject()


def _intake(recorder: Recorder, service: Service) -> list[dict[str, str]]:
    kit = GenAI(recorder, service)
    task = "Split the morning's mailbox into invoices and queue each for extraction."
    with kit.agent("intake-agent", task) as run:
        mail = "\n".join(f"attachment {i + 1}: {n} {s}" for i, (n, s, *_) in enumerate(_INVOICES))
        reply = json.dumps([{"attachment": i + 1, "type": "invoice"} for i in range(4)])
        asked = (Message("system", "Classify attachments as JSON."), Message("user", mail))
        kit.chat(ModelCall("gpt-4o-mini", asked, Message("assistant", reply), with_cost=True))
        run.answer = "Queued 4 invoices."
        return [_send(recorder, service, "invoices", number) for number, *_ in _INVOICES]


def _extract(
    recorder: Recorder, service: Service, index: int, headers: dict[str, str]
) -> dict[str, str]:
    number, supplier, currency, amount, order, verdict = _INVOICES[index]
    kit = OpenLLMetry(recorder, service)
    link = recorder.link_to(headers, {"messaging.message.id": number})
    attributes = _messaging("process", "invoices", message_id=number)
    tracer = service.tracer(*_SCOPE)
    with (
        recorder.within(Context()),
        recorder.span(tracer, "process invoices", attributes, kind=SpanKind.CONSUMER, links=[link]),
    ):
        task = f"Extract {number} and match it with its purchase order."
        fields = {"supplier": supplier, "currency": currency, "amount": amount, "order": order}
        page = f"{supplier} / Invoice {number} / Total due {currency} {amount:.2f} / Ref {order}"
        result = json.dumps({"order": order, "status": verdict})
        with kit.agent("extractor", task):
            asked = (Message("system", "Extract invoice fields as JSON."), Message("user", page))
            steps = [Step((Call("match_order", {"order": order, "amount": amount}, result, 330),))]
            reply = Message("assistant", json.dumps(fields | {"match": verdict}))
            kit.converse(ModelCall("gpt-4o-mini", asked, reply), steps)
        return _send(recorder, service, "postings", f"{number}-fields")


def _post(recorder: Recorder, service: Service, results: list[dict[str, str]]) -> None:
    kit = GenAI(recorder, service)
    links = [recorder.link_to(headers) for headers in results]
    attributes = _messaging("process", "postings", batch_message_count=len(results))
    tracer = service.tracer(*_SCOPE)
    with (
        recorder.within(Context()),
        recorder.span(tracer, "process postings", attributes, kind=SpanKind.CONSUMER, links=links),
        kit.agent("poster", "Post matched invoices; explain the others to accounting.") as run,
    ):
        lines = "\n".join(f"{n} {s}: {v}" for n, s, _, _, _, v in _INVOICES)
        note = (
            "Posted INV-20431 and INV-20432. INV-20433 has no purchase order: ask facilities. "
            "INV-20434 is 25.25 EUR above PO-7688: Seville Freight added a fuel surcharge."
        )
        asked = (Message("system", "You keep the ledger."), Message("user", lines))
        kit.chat(ModelCall("claude-sonnet-4-5", asked, Message("assistant", note)))
        run.answer = note
