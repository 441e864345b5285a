"""Steps of conventions whose spans carry a key that nothing else has.

Most spans are of none of them, so they do not ask each: a table row of the marker key sets the
private field `mark`, and one lookup finds the step.
"""

from collections.abc import Callable
from typing import Any

from tracetui_loaders.conventions.base import (
    ABSENT,
    Convention,
    Convert,
    Key,
    Span,
    one_of,
    token_count,
)
from tracetui_loaders.conventions.claude_code import KINDS as CLAUDE_CODE_KINDS
from tracetui_loaders.conventions.claude_code import bare_keys
from tracetui_loaders.conventions.codex import TURN_USAGE, turn_model
from tracetui_loaders.conventions.genkit import SUBTYPE, model_call
from tracetui_loaders.conventions.google_adk import usage_in_response
from tracetui_loaders.conventions.langfuse import first_token
from tracetui_loaders.conventions.mlflow import bodies
from tracetui_loaders.conventions.monocle import entities
from tracetui_loaders.conventions.pydantic_ai import template_names
from tracetui_loaders.conventions.strands import first_token_ms
from tracetui_loaders.schema import KINDS

_STEPS: dict[str, Callable[[Span], None]] = {
    "claude-code": bare_keys,
    "codex": turn_model,
    "genkit": model_call,
    "google-adk": usage_in_response,
    "langfuse": first_token,
    "logfire": template_names,
    "mlflow": bodies,
    "monocle": entities,
}
_STEPS_OF_SCOPES = {"strands.telemetry.tracer": first_token_ms}


def _mark(name: str) -> Convert:
    """Return a conversion of any value that says something to the mark `name`."""

    def convert(value: Any) -> str | None:
        absent = value is None or (isinstance(value, str) and value in ABSENT)
        return None if absent else name

    return convert


def _claude_code(value: Any) -> str | None:
    # Others use the key `span.type` too.
    return "claude-code" if one_of(CLAUDE_CODE_KINDS)(value) else None


def _codex(value: Any) -> str | None:
    return "codex" if token_count(value) is not None else None


def _step(span: Span) -> None:
    mark = span.fields.pop("mark", None)
    step = _STEPS_OF_SCOPES.get(span.scope_name or "") if mark is None else _STEPS[mark]
    if step is not None:
        step(span)


MARKS = Convention(
    name="marks",
    keys=(
        Key("span.type", "mark", 0, _claude_code),
        Key("monocle_apptrace.version", "mark", 10, _mark("monocle")),
        Key("langfuse.observation.completion_start_time", "mark", 20, _mark("langfuse")),
        Key("mlflow.spanType", "mark", 30, _mark("mlflow")),
        Key(SUBTYPE, "mark", 40, _mark("genkit")),
        Key("gcp.vertex.agent.llm_response", "mark", 50, _mark("google-adk")),
        Key(f"{TURN_USAGE}input_tokens", "mark", 60, _codex),
        Key("logfire.msg_template", "mark", 80, _mark("logfire")),
    ),
    derive=((frozenset(KINDS), _step),),
)
