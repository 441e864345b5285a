"""A run that fails: a tool's exception goes up through the agent to the root (OTel GenAI)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .genai import GenAI
from .messages import Call, Message, ModelCall, Step
from .recording import Failure

if TYPE_CHECKING:
    from .recording import Recorder

_TASK = "Why did paid conversions fall in the DACH region last week? Compare with the week before."
_SQL = (
    "SELECT date_trunc('day', paid_at) AS day, country, count(*) AS conversions "
    "FROM billing.subscriptions WHERE country IN ('DE', 'AT', 'CH') AND paid_at >= '2026-08-31' "
    "GROUP BY 1, 2 ORDER BY 1"
)
_TYPE = "psycopg.errors.QueryCanceled"
_MESSAGE = "canceling statement due to statement timeout"
_FRAMES = (
    '  File "/app/analyst/tools/warehouse.py", line 64, in run_sql\n'
    "    rows = cursor.execute(query).fetchall()\n"
    '  File "/usr/lib/python3.12/site-packages/psycopg/cursor.py", line 97, in execute\n'
    "    raise ex.with_traceback(None)\n"
)
_AGENT_FRAMES = (
    '  File "/app/analyst/agent.py", line 142, in run\n'
    "    result = self.tools[call.name](**call.arguments)\n"
)
_ROOT_FRAMES = (
    '  File "/app/analyst/worker.py", line 38, in handle\n'
    "    report = agent.run(request.question)\n"
)
_COLUMNS = '["id", "customer_id", "country", "plan", "trial_ends_at", "paid_at", "cancelled_at"]'


def _raised(frames: str) -> Failure:
    stack = f"Traceback (most recent call last):\n{frames}{_TYPE}: {_MESSAGE}\n"
    return Failure(_TYPE, _MESSAGE, stack)


def record(recorder: Recorder) -> None:
    """Record the run up to the exception."""
    kit = GenAI(recorder, recorder.service("revenue-analyst", "0.12.0"))
    recorder.session = "slack-C04-1757923"
    request = {"request.channel": "#growth", "request.user": "m.okafor", "input.value": _TASK}
    with recorder.span(kit.tracer, "handle_question", request) as root:
        with kit.agent("revenue-analyst", _TASK) as run:
            _work(kit)
            kit.fail(run.span, _raised(_AGENT_FRAMES + _FRAMES))
        kit.fail(root, _raised(_ROOT_FRAMES + _AGENT_FRAMES + _FRAMES))


def _work(kit: GenAI) -> None:
    """Describe the table, then run the query that times out; no answer follows."""
    system = Message("system", "You answer questions with the data warehouse. Show your SQL.")
    history = [system, Message("user", _TASK)]
    tools = ("describe_table", "run_sql")
    steps = (
        Step(
            (Call("describe_table", {"table": "billing.subscriptions"}, _COLUMNS, 120),),
            thinking="I need the columns of the subscriptions table before I write the query.",
        ),
        Step(
            (Call("run_sql", {"query": _SQL}, ms=30_000, failure=_raised(_FRAMES)),),
            say="I count paid conversions by day and country for the last two weeks.",
        ),
    )
    for step in steps:
        (call,) = step.calls
        called = replace(call, id=kit.recorder.identifier("call_"))
        reply = Message("assistant", step.say, (called,), thinking=step.thinking)
        kit.chat(ModelCall("gpt-5", tuple(history), reply, tools=tools))
        kit.tool(called)
        history += [reply, Message("tool", call.result, call_id=called.id)]
