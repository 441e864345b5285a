"""The Overview of a span: what it is, how it ended, when, who, which model, what it cost."""

from typing import Any

from tracetui_store.rows import SpanDetail

from tracetui.view_models import format as fmt
from tracetui.view_models.facts import LABEL_CELLS, Facts
from tracetui.view_models.json_text import compact, value_document
from tracetui.view_models.kinds import ERROR_MARK, RUNNING_MARK, glyph
from tracetui.view_models.text_document import Piece, TextDocument, joined, line, text_lines

MODEL_KINDS = frozenset({"llm", "embedding", "reranker"})
"""Kinds that should name a model and report usage: what they lack is unknown, not inapplicable."""

USAGE_ROLES = {
    "own_fallback": "nothing below reports any, so these count",
    "rollup": "repeats its children's tokens, not added to totals",
    "duplicate": "same call seen twice, not added to totals",
}
_LONE = "no model call is recorded below, so these count"
COST_STATUSES = {
    "given": "as the emitter reports it",
    "computed": "list price at the day of the call",
    "override": "your price table",
    "no_usage": "unknown: the call does not report its tokens",
    "unknown_model": "unknown: no price is known for this model",
    "unpriced_model": "unknown: the price list has no rate for this model",
    "incomplete_stream": "unknown: the stream ended before usage came",
}
_UNTOLD = ("none", "default")
"""What `kind_source` is where no rule decided."""


def overview(detail: SpanDetail, folded: dict[str, Any]) -> TextDocument:
    """Return the facts of a span, the failure first."""
    f = detail.fields
    return joined(
        [
            _title(f),
            _error(f),
            _time(f).document(),
            _usage(f).document(),
            _cost(f).document(),
            _model(f, folded).document(),
            _who(f).document(),
            _action(f).document(),
            _evaluations(folded),
            _ids(detail).document(),
        ]
    )


def _title(f: dict[str, Any]) -> TextDocument:
    kind = f.get("kind")
    name = f.get("name") or "(no name)"
    return text_lines(line(Piece(f"{glyph(kind)} ", "accent"), Piece(name, "strong"), hang=2))


def _error(f: dict[str, Any]) -> TextDocument:
    if not f.get("error"):
        return TextDocument()
    kind = f.get("error_type") or "error"
    status = f.get("http_status")
    notes = [f"HTTP {status}"] if status is not None else []
    if f.get("rate_limited"):
        notes.append("rate limited")
    note = Piece("  " + ", ".join(notes), "error") if notes else Piece("")
    head = text_lines(line(Piece(f"{ERROR_MARK} {kind}", "error"), note, hang=2))
    message = f.get("error_message") or f.get("status_message")
    return head + value_document(message, indent=2) if message else head


def _time(f: dict[str, Any]) -> Facts:
    facts = Facts("Time")
    start, end = f.get("start_time_unix_nano"), f.get("end_time_unix_nano")
    facts.add("started", fmt.timestamp(start))
    if end is None and start is None:
        facts.add("ended", fmt.UNKNOWN)
    elif end is None:
        facts.add("ended", f"{RUNNING_MARK} still running", "warning")
    else:
        facts.add("ended", fmt.timestamp(end))
        if start is not None:
            facts.add("duration", fmt.duration(end - start), "strong")
    if f.get("ttft_ms") is not None:
        facts.add("first token", fmt.duration(round(f["ttft_ms"] * 1e6)), "", "after the start")
    if f.get("attempts") is not None:
        facts.add("attempts", f["attempts"])
    return facts


def _usage(f: dict[str, Any]) -> Facts:
    facts = Facts("Tokens")
    role = f.get("usage_role")
    prefix = "rollup_" if role == "rollup" else ""
    numbers = {
        name: value if (value := f.get(prefix + name)) is not None else f.get(name)
        for name in (
            "input_tokens",
            "output_tokens",
            "total_tokens",
            "cache_read_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
        )
    }
    expected = f.get("kind") in MODEL_KINDS
    if not expected and all(value is None for value in numbers.values()):
        return facts
    cached = [
        f"{_count(numbers[name])} {word}"
        for name, word in (("cache_read_tokens", "cached"), ("cache_write_tokens", "cache-written"))
        if numbers[name]
    ]
    facts.add("input", _count(numbers["input_tokens"]), "number", _including(cached))
    if f.get("kind") != "embedding" or numbers["output_tokens"] is not None:
        reasoning = numbers["reasoning_tokens"]
        details = [f"{fmt.count(reasoning)} reasoning"] if reasoning else []
        facts.add("output", _count(numbers["output_tokens"]), "number", _including(details))
    if numbers["total_tokens"] is not None:
        facts.add("total", _count(numbers["total_tokens"]), "number")
    remark = _LONE if f.get("call_role") == "lone" else USAGE_ROLES.get(role or "", "")
    facts.add("counted as", role if role != "none" else None, "", remark)
    if f.get("duplicate_of"):
        facts.add("duplicate of", f["duplicate_of"], "", "same call seen twice")
    if f.get("usage_gap_tokens"):
        facts.add(
            "gap", fmt.count(f["usage_gap_tokens"]), "warning", "tokens that no child accounts for"
        )
    if f.get("input_was_exclusive"):
        facts.add("note", "the emitter left cached tokens out of input; they are added here", "dim")
    return facts


def _count(number: int | None) -> str:
    return fmt.UNKNOWN if number is None else fmt.count(number)


def _including(details: list[str]) -> str:
    return f"including {', '.join(details)}" if details else ""


def _cost(f: dict[str, Any]) -> Facts:
    facts = Facts("Cost")
    status = f.get("cost_status")
    if status in {None, "not_a_call"} and f.get("cost_usd") is None:
        return facts
    note = COST_STATUSES.get(status or "", status or "")
    facts.add("cost", _exact_money(f.get("cost_usd")), "number", note)
    given, computed = f.get("cost_given_usd"), f.get("cost_computed_usd")
    if given is not None and status != "given":
        facts.add("given", _exact_money(given), "", COST_STATUSES["given"])
    if computed is None:
        return facts
    if status == "given":
        off = f"{(given or 0.0) / computed - 1:+.0%} given, " if computed else ""
        differs = bool(f.get("cost_differs"))
        remark = off + COST_STATUSES["computed"] if differs else COST_STATUSES["computed"]
        facts.add("computed", _exact_money(computed), "warning" if differs else "", remark)
    for part in ("input", "cache_read", "cache_write", "output", "reasoning", "fee"):
        usd = f.get(f"cost_{part}")
        if usd:
            facts.add(part.replace("_", " "), _exact_money(usd), "", _rate(f, part))
    saved = f.get("cache_saving_usd")
    if saved:
        word = "saved by caching" if saved > 0 else "more than without caching"
        facts.add("cache", _exact_money(abs(saved)), "", word)
    facts.add("price", f.get("price_id"), "", _provenance(f))
    return facts


def _rate(f: dict[str, Any], part: str) -> str:
    """Say what a million tokens cost."""
    rate = f.get(f"rate_{part}")
    return "" if not rate else f"${rate * 1e6:.10g} per million tokens"


def _provenance(f: dict[str, Any]) -> str:
    """Say where a price is from: the list and its version, or the line of the user's file."""
    above = f.get("price_above_tokens")
    tier = f"above {fmt.count(above)} input tokens" if above is not None else None
    return ", ".join(part for part in (f.get("price_source"), tier, f.get("price_note")) if part)


def _exact_money(usd: float | None) -> str:
    if usd is None:
        return fmt.UNKNOWN
    rounded = fmt.money(usd)
    if not 1e-12 <= usd < 1:
        return rounded
    exact = f"${usd:.12f}".rstrip("0")
    return exact if usd < 0.01 or len(exact) > len(rounded) else rounded


def _model(f: dict[str, Any], folded: dict[str, Any]) -> Facts:
    facts = Facts("Model")
    requested, responded = f.get("request_model"), f.get("response_model")
    if f.get("kind") in MODEL_KINDS or requested or responded:
        note = f"asked for {requested}" if requested and responded not in {None, requested} else ""
        facts.add("model", responded or requested or fmt.UNKNOWN, "", note)
        raw = f.get("provider_raw")
        provider = f.get("provider")
        sent = f"sent as {raw}" if raw and provider and raw != provider else ""
        facts.add("provider", provider or raw or fmt.UNKNOWN, "", sent)
    facts.add("service tier", f.get("service_tier"))
    if f.get("streaming"):
        facts.add("streaming", "yes")
    facts.add("finish", ", ".join(f.get("finish_reasons") or []))
    for name, value in (folded.get("params") or {}).items():
        facts.add(_words(name), value if isinstance(value, str) else compact(value))
    tools = folded.get("tool_definitions") or []
    facts.add("tools", ", ".join(map(str, tools)), "", f"{len(tools)} offered")
    if folded.get("embedding_count") is not None or folded.get("embedding_dim") is not None:
        count = _count(folded.get("embedding_count"))
        facts.add("embeddings", f"{count} of {_count(folded.get('embedding_dim'))} dimensions")
    return facts


def _words(name: str) -> str:
    return name.replace("_", " ") if len(name) < LABEL_CELLS - 2 else name


def _who(f: dict[str, Any]) -> Facts:
    facts = Facts("Who")
    for label, name in (
        ("agent", "agent_name"),
        ("agent id", "agent_id"),
        ("workflow", "workflow_name"),
        ("service", "service_name"),
        ("session", "session_id"),
        ("user", "user_id"),
        ("thread", "thread_id"),
    ):
        facts.add(label, f.get(name))
    return facts


def _action(f: dict[str, Any]) -> Facts:
    facts = Facts("Action")
    facts.add("tool", f.get("tool_name"), "", f.get("tool_type") or "")
    facts.add("call id", f.get("tool_call_id"))
    if f.get("handoff_from") or f.get("handoff_to"):
        source, target = (f.get(name) or fmt.UNKNOWN for name in ("handoff_from", "handoff_to"))
        facts.add("hand-off", f"{source} → {target}")
    return facts


def _evaluations(folded: dict[str, Any]) -> TextDocument:
    facts = Facts("Evaluations")
    for evaluation in folded.get("evaluations") or []:
        values = [evaluation.get("label"), evaluation.get("score")]
        shown = " ".join(str(value) for value in values if value is not None) or fmt.UNKNOWN
        notes = [evaluation.get("scope"), evaluation.get("annotator")]
        note = ", ".join(str(n) for n in notes if n and n != "span")
        facts.add(str(evaluation.get("name") or "evaluation"), shown, "number", note)
        facts.add("", evaluation.get("explanation"), "dim")
    return facts.document()


def _ids(detail: SpanDetail) -> Facts:
    f = detail.fields
    facts = Facts("Span")
    source = f.get("kind_source")
    decided = "nothing tells which" if source in _UNTOLD else f"by {source}" if source else ""
    facts.add("kind", f.get("kind") or fmt.UNKNOWN, "", decided)
    facts.add("operation", f.get("operation"))
    facts.add("status", f.get("status"), "error" if f.get("error") else "")
    facts.add("OTel kind", f.get("otel_kind"))
    facts.add("span id", f.get("span_id") or fmt.UNKNOWN)
    facts.add("parent", f.get("parent_span_id") or "none, a root")
    facts.add("trace id", f.get("trace_id") or fmt.UNKNOWN)
    facts.add("response id", f.get("response_id"))
    facts.add("scope", f.get("scope_name"), "", f.get("scope_version") or "")
    facts.add("line", f.get("line"), "", "of its file")
    if f.get("dropped_attributes_count"):
        facts.add("dropped", f["dropped_attributes_count"], "warning", "attributes, by the emitter")
    return facts
