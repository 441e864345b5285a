"""How a tool was declared to the model that called it: its description and parameters.

Sources: `gen_ai.tool.definitions` (OpenTelemetry GenAI), `llm.tools.N.tool.json_schema`
(OpenInference), `llm.request.functions.N.*` (OpenLLMetry), `ai.prompt.tools` (Vercel AI SDK), and
request bodies; for a tool's own span `gen_ai.tool.description` and `tool.*`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from tracetui_store.rows import SpanDetail

_SCHEMA_KEYS = (
    "parameters",
    "input_schema",
    "inputSchema",
    "parameters_json_schema",
    "parametersJsonSchema",
)
_NAMING_KEYS = frozenset({"type", "name"})
"""All there is of a declaration where the content is not captured."""
_DECLARING_KEY = re.compile(r"tool|function|request|invocation|config|body", re.IGNORECASE)
_FLAT_NAME = re.compile(r"^(.*\b(?:functions|tools)\.\d+(?:\.\w+)?)\.name$")
_DEEPEST = 8
_LONGEST = 2_000_000
"""Characters of an attribute that are looked into."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the model was told of a tool."""

    description: str | None = None
    parameters: Any = None
    """Its JSON schema, if it has one."""
    told_by: tuple[str, str] | None = None
    """Trace and span of the model call."""
    asked: bool = False
    """Whether that call asked for this very tool call."""


def declaration(name: str, detail: SpanDetail) -> Declaration | None:
    """Return the declaration of the tool `name` in a model call's payload; None if it has none."""
    for attributes in _payloads(detail):
        flat = _flattened(name, attributes)
        if flat is not None:
            return flat
        for key in sorted(attributes, key=lambda key: ("tool" not in key, key)):
            if _DECLARING_KEY.search(key):
                found = _within(name, attributes[key], 0)
                if found is not None:
                    return found
    return None


def own_declaration(detail: SpanDetail) -> Declaration | None:
    """Return what a tool's span says of the tool itself."""
    sent = detail.attributes
    description = sent.get("gen_ai.tool.description") or sent.get("tool.description")
    schema = next(
        (s for key in ("tool.json_schema", "tool.parameters") if (s := _json(sent.get(key)))), None
    )
    if not description and schema is None:
        return None
    return Declaration(str(description) if description else None, schema)


def _payloads(detail: SpanDetail) -> Iterator[dict[str, Any]]:
    yield detail.attributes
    yield from (event.attributes for event in detail.events)
    for log in detail.logs:
        yield log.attributes
        if isinstance(log.body, dict):
            yield cast("dict[str, Any]", log.body)


def _flattened(name: str, attributes: dict[str, Any]) -> Declaration | None:
    for key, value in attributes.items():
        match = _FLAT_NAME.match(key) if value == name else None
        if match is not None:
            described = attributes.get(f"{match[1]}.description")
            schema = next(
                (attributes[k] for s in _SCHEMA_KEYS if (k := f"{match[1]}.{s}") in attributes),
                None,
            )
            if described or schema is not None:
                return Declaration(str(described) if described else None, _json(schema))
    return None


def _json(value: Any) -> Any:
    """Return what JSON text says, anything else as it is."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        return value
    if value.lstrip()[:1] not in {"{", "["}:
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _within(name: str, value: Any, depth: int) -> Declaration | None:
    if isinstance(value, str):
        if name not in value or len(value) > _LONGEST:
            return None
        decoded = _json(value)
        return None if isinstance(decoded, str) else _within(name, decoded, depth + 1)
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        found = cast("dict[str, Any]", value)
        schema = next((found[key] for key in _SCHEMA_KEYS if key in found), None)
        says = schema is not None or found.get("description") or not found.keys() - _NAMING_KEYS
        if found.get("name") == name and says:
            described = found.get("description")
            # Amazon Bedrock puts the schema under `json`.
            inner = schema.get("json", schema) if isinstance(schema, dict) else schema
            return Declaration(str(described) if described else None, _json(inner))
        inside: Iterator[Any] = iter(found.values())
    elif isinstance(value, list):
        inside = iter(cast("list[Any]", value))
    else:
        return None
    return next((made for item in inside if (made := _within(name, item, depth + 1))), None)
