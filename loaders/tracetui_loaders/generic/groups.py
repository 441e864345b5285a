"""Makes spans of drafts: each record one, under a root for each session, trace or file.

A record with a place of its own in a tree (ids of its own and of its trace or parent) is a span
as it stands. Any other is an instant, or as long as it says, below a root that is made for what
it belongs to. What comes in two records is one span: start and end of a span id, a tool's call
and its result. OpenAI's `tool_calls` in a message name the tool that a later record answers.

Roots grow: they are written anew with every batch that adds to them, as `derived_from` spans,
of which the store takes the whole extent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import PurePath
from typing import Any

from tracetui_loaders.batch import BatchBuilder, Context, RawSpan
from tracetui_loaders.generic import names
from tracetui_loaders.generic.draft import Draft

DERIVED_FROM = "tracetui.derived_from"
_NAME_LENGTH = 80
_OPERATIONS = {
    "llm": "chat",
    "tool": "execute_tool",
    "agent": "invoke_agent",
    "workflow": "invoke_workflow",
    "embedding": "embeddings",
    "retriever": "retrieval",
    "reranker": "rerank",
    "guardrail": "apply_guardrail",
    "evaluator": "evaluate",
    "prompt": "prompt",
    "handoff": "handoff",
    "memory": "search_memory",
}
_ATTRIBUTES = {
    "model": "gen_ai.request.model",
    "provider": "gen_ai.provider.name",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "total_tokens": "gen_ai.usage.total_tokens",
    "cache_read_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "cost_usd": "gen_ai.usage.cost",
    "tool_call_id": "gen_ai.tool.call.id",
    "agent_name": "gen_ai.agent.name",
    "session_id": "gen_ai.conversation.id",
    "user_id": "user.id",
    "error_type": "error.type",
}
_RESULT_WORDS = ("result", "response", "output")


@dataclass(slots=True)
class _Group:
    """What belongs together, and the root made for it."""

    trace_id: str
    root_id: str
    name: str
    session_id: str | None
    start: int | None = None
    end: int | None = None
    line: int = 0
    offset: int = 0
    grown: bool = False
    """Whether it has grown since its root was last written."""


@dataclass(slots=True)
class _Waiting:
    """The first of two records that are one span."""

    draft: Draft
    span: RawSpan
    service: str | None
    line: int
    offset: int
    written: bool = False


@dataclass(slots=True)
class Grouping:
    """What is known of one source while it is read; ids are the same whenever it is read.

    Args:
        path: The source's, for what belongs to nothing else.
        builder: Where spans go; roots follow when it is flushed.
    """

    path: str
    builder: BatchBuilder
    service: str | None = None
    _groups: dict[tuple[str, str], _Group] = field(default_factory=dict)
    _waiting: dict[tuple[str, str], _Waiting] = field(default_factory=dict)
    _calls: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.builder.before_flush.append(self.write_roots)

    def add(self, draft: Draft, line: int, offset: int, index: int) -> None:
        """Add what a record says.

        Args:
            draft: The record.
            line: Its line.
            offset: Its byte offset.
            index: Its place among the records of one value.
        """
        group = self._group(draft)
        span = self._span(draft, group, offset, index)
        key = self._pair_key(draft, span)
        service = draft.text("service_name") or self.service
        if not draft.is_span:
            self._grow(group, draft, line, offset)
        if key is not None and self._is_first(draft):
            self._waiting[key] = _Waiting(draft, span, service, line, offset)
            return
        if key is not None and (first := self._waiting.pop(key, None)) is not None:
            span = _joined(first, draft, span)
            line, offset, service = first.line, first.offset, first.service or service
        self.builder.add_span(span, self._context(service), line, offset)

    def write_roots(self) -> None:
        """Write what has begun and not ended yet, and the roots that have grown."""
        for waiting in self._waiting.values():
            if not waiting.written:
                waiting.written = True
                context = self._context(waiting.service)
                self.builder.add_span(waiting.span, context, waiting.line, waiting.offset)
        for group in self._groups.values():
            if group.grown:
                group.grown = False
                context = self._context(self.service)
                self.builder.add_span(_root(group), context, group.line, group.offset)

    def _context(self, service: str | None) -> Context:
        return self.builder.context({"service.name": service} if service else {})

    def _group(self, draft: Draft) -> _Group:
        key = draft.group or ("file", self.path)
        group = self._groups.get(key)
        if group is None:
            kind, value = key
            name = f"{kind.removesuffix('_id')} {value}"
            trace_id = value
            if kind == "file":
                name = "standard input" if self.path == "-" else PurePath(self.path).name
                trace_id = _digest(16, self.path)
            elif draft.text("trace_id") is None and draft.is_span:
                trace_id = value
            session = value if kind == "session_id" else draft.text("session_id")
            group = _Group(trace_id, _digest(8, "root", value), name, session)
            self._groups[key] = group
        return group

    def _grow(self, group: _Group, draft: Draft, line: int, offset: int) -> None:
        starts = [time for time in (group.start, draft.start, draft.end) if time is not None]
        ends = [time for time in (group.end, draft.start, draft.end) if time is not None]
        group.start, group.end = min(starts, default=None), max(ends, default=None)
        group.grown = True
        if not group.line:
            group.line, group.offset = line, offset

    def _pair_key(self, draft: Draft, span: RawSpan) -> tuple[str, str] | None:
        call_id = draft.text("tool_call_id")
        if call_id is not None and draft.kind == "tool":
            return span.trace_id, span.span_id
        if draft.phase is not None and draft.is_span:
            return span.trace_id, span.span_id
        return None

    def _is_first(self, draft: Draft) -> bool:
        if draft.phase is not None and draft.is_span:
            return draft.phase == "start"
        if draft.role == "tool" or draft.found.get("output") is not None:
            return False
        said = names.plain(draft.text("kind") or draft.text("name") or "")
        return not any(word in said for word in _RESULT_WORDS) and "input" in draft.found

    def _span(self, draft: Draft, group: _Group, offset: int, index: int) -> RawSpan:
        found = draft.found
        attributes = dict(draft.rest)
        for name, key in _ATTRIBUTES.items():
            if found.get(name) is not None:
                attributes.setdefault(key, found[name])
        if group.session_id is not None:
            attributes.setdefault("gen_ai.conversation.id", group.session_id)
        self._take_content(draft, group, attributes)
        status, message = _outcome(draft)
        call_id = draft.text("tool_call_id")
        own_id = _digest(8, self.path, str(offset), str(index))
        if draft.is_span:
            own_id = draft.text("span_id") or own_id
        elif call_id is not None and draft.kind == "tool":
            own_id = _digest(8, group.trace_id, call_id)
        parent = draft.text("parent_span_id")
        if parent is None and not draft.is_span:
            parent = group.root_id
        return RawSpan(
            trace_id=group.trace_id,
            span_id=own_id,
            parent_span_id=parent,
            name=_name(draft, attributes),
            otel_kind=None,
            start_time_unix_nano=draft.start,
            end_time_unix_nano=draft.end,
            status=status,
            status_message=message,
            attributes=attributes,
        )

    def _take_content(self, draft: Draft, group: _Group, attributes: dict[str, Any]) -> None:
        """Put what was said, given and returned under OpenTelemetry's keys."""
        found = draft.found
        kind = draft.kind or ("llm" if _is_model_call(draft) else None)
        if kind in _OPERATIONS:
            attributes.setdefault("gen_ai.operation.name", _OPERATIONS[kind])
        if kind == "tool":
            name, arguments = _tool(found)
            call_id = draft.text("tool_call_id")
            asked = self._calls.get((group.trace_id, call_id or ""), {})
            name, arguments = name or asked.get("name"), arguments or asked.get("arguments")
            output = found.get("output", found.get("message") if draft.role == "tool" else None)
            for key, value in (
                ("gen_ai.tool.name", name),
                ("gen_ai.tool.call.arguments", arguments),
                ("gen_ai.tool.call.result", output),
            ):
                if value is not None:
                    attributes.setdefault(key, value)
            return
        said = found.get("message")
        if isinstance(said, dict):
            said = said.get("content", said)
        if draft.role == "assistant":
            message = {"role": "assistant", "content": said, **_calls_in(attributes)}
            attributes.setdefault("gen_ai.output.messages", [message])
            for call in _each_call(message.get("tool_calls")):
                self._calls[(group.trace_id, call.pop("id"))] = call
        elif draft.role is not None:
            attributes.setdefault("gen_ai.input.messages", [{"role": draft.role, "content": said}])
        elif said is not None:
            attributes.setdefault("message", said)
        for name in ("input", "output"):
            if found.get(name) is not None:
                attributes.setdefault(f"{name}.value", found[name])


def _root(group: _Group) -> RawSpan:
    attributes = {"gen_ai.operation.name": "invoke_workflow", DERIVED_FROM: "records"}
    if group.session_id is not None:
        attributes["gen_ai.conversation.id"] = group.session_id
    return RawSpan(
        trace_id=group.trace_id,
        span_id=group.root_id,
        parent_span_id=None,
        name=group.name,
        otel_kind=None,
        start_time_unix_nano=group.start,
        end_time_unix_nano=group.end,
        status="UNSET",
        status_message=None,
        attributes=attributes,
    )


def _joined(first: _Waiting, draft: Draft, last: RawSpan) -> RawSpan:
    """Return the one span that two records tell of."""
    span = first.span
    failed = "ERROR" in (span.status, last.status)
    ended = draft.end if draft.end is not None else draft.start
    return RawSpan(
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_span_id=span.parent_span_id or last.parent_span_id,
        name=span.name,
        otel_kind=None,
        start_time_unix_nano=span.start_time_unix_nano,
        end_time_unix_nano=ended,
        status="ERROR" if failed else last.status,
        status_message=last.status_message or span.status_message,
        attributes={**last.attributes, **span.attributes},
    )


def _name(draft: Draft, attributes: dict[str, Any]) -> str:
    """Return what to call the span: what the record does, or what it says."""
    tool = attributes.get("gen_ai.tool.name")
    if draft.kind == "tool" and isinstance(tool, str):
        return f"execute_tool {tool}"
    if draft.role == "assistant":
        model = draft.text("model")
        return f"chat {model}" if model else "assistant message"
    if draft.role is not None:
        return f"{draft.role} message"
    said = (draft.text(name) for name in ("name", "message", "kind", "role", "model"))
    line = next(filter(None, said), "record").strip().partition("\n")[0]
    return line if len(line) <= _NAME_LENGTH else f"{line[: _NAME_LENGTH - 1]}…"


def _is_model_call(draft: Draft) -> bool:
    found = draft.found
    says = found.get("output_tokens") is not None or found.get("output") is not None
    return found.get("model") is not None and says


def _outcome(draft: Draft) -> tuple[str, str | None]:
    found = draft.found
    error = found.get("error")
    message: str | None = None
    if isinstance(error, dict):
        given = error.get("message") or error.get("error") or error.get("type")
        message = given if isinstance(given, str) else "error"
    elif isinstance(error, str) and error.strip().lower() not in ("false", "none", "null", "0"):
        message = error
    failed = message is not None or error is True or found.get("success") in (False, "false")
    failed = failed or any(names.is_failure(found.get(name)) for name in ("status", "level"))
    if failed:
        said = found.get("message")
        return "ERROR", message or (said if isinstance(said, str) and not draft.role else None)
    well = found.get("success") in (True, "true") or names.is_success(found.get("status"))
    return ("OK" if well else "UNSET"), None


def _tool(found: dict[str, Any]) -> tuple[str | None, Any]:
    """Return a tool's name and arguments, also of an object that has both."""
    tool = found.get("tool_name")
    if isinstance(tool, dict):
        arguments = tool.get("arguments", tool.get("input", tool.get("args")))
        name = tool.get("name")
        return (name if isinstance(name, str) else None), found.get("input", arguments)
    return (tool if isinstance(tool, str) else None), found.get("input")


def _calls_in(attributes: dict[str, Any]) -> dict[str, Any]:
    calls = attributes.pop("tool_calls", None)
    return {"tool_calls": calls} if isinstance(calls, list) and calls else {}


def _each_call(calls: Any) -> Iterator[dict[str, Any]]:
    """Yield id, name and arguments of the calls in a message (OpenAI's shape, or flat)."""
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict) and isinstance(call.get("id"), str):
            inner = call.get("function")
            inner = inner if isinstance(inner, dict) else call
            arguments = inner.get("arguments", inner.get("input"))
            yield {"id": call["id"], "name": inner.get("name"), "arguments": arguments}


def _digest(size: int, *parts: str) -> str:
    data = "\0".join(parts).encode("utf-8", "surrogateescape")
    return blake2b(data, digest_size=size).hexdigest()
