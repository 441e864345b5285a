"""Steps and threads that tests of loop detection are made of."""

from tracetui_analyses.loops import Step, Thread
from tracetui_loaders.actions import (
    action_digest,
    canonical,
    masked,
    numbers_digest,
    result_digest,
    text_of,
)

SECOND = 1_000_000_000


def call(name="search", arguments=None, result="nothing new", **more):
    """Return a tool call; its place in time comes with `thread`."""
    kind = more.pop("kind", "tool")
    return Step(
        span_id="",
        kind=kind,
        name=name,
        action=action_digest(kind, name, arguments),
        result=result_digest(result),
        numbers=numbers_digest(result),
        arguments=None if arguments is None else canonical(arguments),
        text=None if result is None else masked(text_of(result)),
        **more,
    )


def says(text, **more):
    """Return a model call that says something."""
    return call("chat", None, text, kind="llm", tokens=100, cost_usd=0.01, **more)


def user():
    """Return a turn of the user."""
    return Step(span_id="", kind="user", name="turn")


def thread(*steps, pause=0.0, ends=True):
    """Return a thread of steps, one second each, with `pause` seconds before each."""
    at = 0
    for number, step in enumerate(steps):
        step.span_id = f"s{number}"
        if step.start is None:
            at += round(pause * SECOND)
            step.start, step.end = at, at + SECOND
            at += SECOND
    return Thread("t", list(steps), ends)
