"""Reads the labelled runs of corpora/loop-labels as threads of steps."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracetui_analyses.loops import Step, Thread
from tracetui_loaders.actions import (
    action_digest,
    canonical,
    masked,
    numbers_digest,
    result_digest,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A run and what is known of it."""

    thread: Thread
    is_loop: bool
    family: str = ""
    raw: tuple[tuple[str, str], ...] = ()
    """What simple rules look at: each action and its result, as they came."""


def synthetic(folder: Path) -> Iterator[Labelled]:
    """Yield the runs with exact labels."""
    for row in _rows(folder / "synthetic.jsonl"):
        steps = [_synthetic_step(step) for step in row["steps"]]
        raw = tuple(
            (f"{step['name']} {json.dumps(step['args'])}", str(step["result"]))
            for step in row["steps"]
            if step["kind"] != "llm"
        )
        labels = row["labels"]
        yield Labelled(Thread(row["id"], steps), labels["loop"], labels["type"], raw)


def _synthetic_step(step: dict[str, Any]) -> Step:
    result, arguments = step["result"], step["args"]
    return Step(
        span_id=step["span"],
        kind=step["kind"],
        name=step["name"],
        agent=step["agent"],
        action=action_digest(step["kind"], step["name"], arguments, step["agent"]),
        result=result_digest(result),
        numbers=numbers_digest(result),
        arguments=canonical(arguments) if arguments is not None else None,
        text=None if result is None else masked(text_of(result)),
        start=round(step["t"] * 1e9),
        end=round(step["t1"] * 1e9),
        error=step["status"] == "error",
        tokens=step["tin"] + step["tout"],
        cost_usd=step["cost"],
        parent=step["parent"],
    )


def human(folder: Path) -> Iterator[Labelled]:
    """Yield runs whose adjacent actions people compared; a loop has 3 repetitions or more."""
    for number, row in enumerate(_rows(folder / "thought-action-result.jsonl")):
        steps: list[Step] = []
        for step in row["steps"]:
            name, arguments = _call(step["action"])
            head = step["result_head"]
            steps.append(
                Step(
                    span_id=str(step["i"]),
                    kind="tool",
                    name=name,
                    agent=row["agent"],
                    action=action_digest("tool", name, arguments),
                    result=result_digest(head),
                    numbers=numbers_digest(head),
                    arguments=canonical(arguments),
                    text=None if head is None else masked(head),
                )
            )
        repetitions = sum(label == "Repetition" for label in row["action_action_labels"])
        raw = tuple((step["action"], step["result_sha"] or "") for step in row["steps"])
        yield Labelled(Thread(f"run {number}", steps), repetitions >= 3, row["agent"], raw)


def _call(action: str) -> tuple[str, Any]:
    """Return name and arguments of an action written as a Python or JSON object, or as text."""
    try:
        value = ast.literal_eval(action)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        name, _, arguments = action.partition("(")
        return name.strip()[:80], arguments
    if isinstance(value, dict):
        call: dict[str, Any] = value
        return str(call.get("name")), call.get("arguments", call.get("args"))
    return action[:80], None


def long_runs(folder: Path) -> Iterator[Labelled]:
    """Yield long runs of commands that are not loops."""
    for row in _rows(folder / "mini-swe-gemini3pro-actions.jsonl"):
        steps = [
            Step(
                span_id=str(at),
                kind="tool",
                name="bash",
                action=int(action, 16),
                result=int(result, 16),
                arguments=command,
            )
            for at, (command, action, result, _) in enumerate(row["steps"])
        ]
        raw = tuple((action, result) for _, action, result, _ in row["steps"])
        yield Labelled(Thread(row["path"], steps), is_loop=False, raw=raw)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
