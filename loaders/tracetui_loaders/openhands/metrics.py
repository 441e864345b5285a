"""What OpenHands counts of a conversation: tokens by response, costs in the order of the calls.

Costs have no response's id: they are the calls' where there are as many of them as calls, else the
session's. A sum of zero beside calls without costs is the price of a model that has none.

Source: OpenHands `openhands/llm/metrics.py`, software-agent-sdk `sdk/llm/utils/metrics.py`.
"""

from typing import Any

from tracetui_loaders.transcripts import Call, Session, Usage, counted
from tracetui_loaders.vendor_values import mapping, objects


def tell_metrics(session: Session, metrics: Any) -> None:
    """Give the calls of a session what was counted of them, when all are told."""
    found = mapping(metrics)
    calls = [node for node in session.nodes if isinstance(node, Call)]
    by_response = {entry.get("response_id"): entry for entry in objects(found.get("token_usages"))}
    for call in calls:
        call.count(_usage(mapping(by_response.get(call.attributes.get("gen_ai.response.id")))))
    costs = found.get("costs")
    costs = [_cost(cost) for cost in costs] if isinstance(costs, list) else []
    if costs and len(costs) == len(calls):
        for call, cost in zip(calls, costs, strict=True):
            _charge(call, cost)
    elif found.get("accumulated_cost"):
        usage = counted(cost_usd=found["accumulated_cost"])
        session.root.attributes.update(usage.attributes() if usage else {})
    latencies = objects(found.get("response_latencies"))
    for call, latency in zip(calls, latencies, strict=False):
        if latency.get("response_id") == call.attributes.get("gen_ai.response.id"):
            call.attributes["latency"] = latency.get("latency")


def merged(metrics: Any) -> dict[str, Any]:
    """Return what several models of a conversation used, which are counted apart, as one."""
    all_of_them = [mapping(entry) for entry in mapping(metrics).values()]
    sums = [entry.get("accumulated_cost") for entry in all_of_them]
    usages = [usage for entry in all_of_them for usage in objects(entry.get("token_usages"))]
    costs = [cost for entry in all_of_them for cost in objects(entry.get("costs"))]
    if len(all_of_them) > 1:
        costs = []  # their order is not that of the calls
    known = [cost for cost in sums if isinstance(cost, int | float)]
    return {"accumulated_cost": sum(known), "costs": costs, "token_usages": usages}


def _cost(entry: Any) -> Any:
    return entry.get("cost") if isinstance(entry, dict) else entry


def _charge(call: Call, cost: Any) -> None:
    priced = counted(cost_usd=cost)
    if priced is None:
        return
    usage = call.usage or Usage()
    call.usage = Usage(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.cache_write_1h_tokens,
        usage.reasoning_tokens,
        usage.total_tokens,
        priced.cost_usd,
    )


def _usage(entry: dict[str, Any]) -> Usage | None:
    return counted(
        input_tokens=entry.get("prompt_tokens"),
        output_tokens=entry.get("completion_tokens"),
        cache_read=entry.get("cache_read_tokens"),
        cache_write=entry.get("cache_write_tokens"),
        reasoning=entry.get("reasoning_tokens"),
    )
