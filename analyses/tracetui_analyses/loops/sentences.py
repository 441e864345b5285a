"""The one plain sentence that explains a finding."""

from tracetui_analyses.loops.steps import Finding

_MOST_NAMES = 4


def sentence(found: Finding) -> str:
    """Return what happened and what it cost after the first time."""
    cost = _cost(found)
    return f"{_what(found)}{'; ' + cost if cost else ''}{_but(found)}."


def _what(found: Finding) -> str:
    times = f"{found.repetitions} times"
    name = found.names[0] if found.names else "a step"
    circle = " → ".join(found.names[:_MOST_NAMES]) + (
        " → …" if len(found.names) > _MOST_NAMES else ""
    )
    told = {
        "repeat": f"{name} was called {times} with the same arguments and the same result",
        "cycle": f"{circle} went round {times} with the same arguments and results",
        "retry_storm": f"{name} was tried {times} in the same way and failed every time",
        "error_loop": f"{name} failed {times} with the same error whatever its arguments were",
        "no_effect": f"{name} was called {times} with other arguments and never found anything",
        "near_repeat": f"{name} was called {times} with arguments that say the same, and the"
        " same result",
        "runaway_counter": f"{name} was called {times} with a number that goes on, and the same"
        " result",
        "ping_pong": f"{_and(found.names)} handed over to each other {times} with the same message",
        "monologue": f"the model said nearly the same {times} in a row and did nothing",
        "echo": f"agents said nearly the same to each other {times} in a row",
        "recursion": f"{name} called itself {found.repetitions} deep with the same input",
        "compaction_loop": f"the context was compacted {times} with hardly any work between",
        "stagnation": f"{found.repetitions} actions in a row brought hardly anything new",
        "polling": f"{name} was polled {times} without a change",
        "stalled_check": f"{name} failed {times} in the same way, with other work between",
        "recurring_error": f"{name} failed {times} with the same error, with other work between",
        "duplicate_parallel": f"{name} was called {times} at the same time with the same arguments",
    }
    if found.reason == "results were not captured" and found.kind == "ping_pong":
        return f"{_and(found.names)} handed over to each other {times}"
    if found.reason == "results were not captured" and found.kind in ("repeat", "cycle"):
        return f"{circle} was called {times} with the same arguments"
    return told.get(found.kind, f"{found.kind}: {circle} {times}")


def _and(names: list[str]) -> str:
    agents = list(dict.fromkeys(name.split(" → ")[0] for name in names))
    return f"{', '.join(agents[:-1])} and {agents[-1]}" if len(agents) > 1 else "agents"


def _cost(found: Finding) -> str:
    parts: list[str] = []
    if found.wasted_cost_usd is not None:
        parts.append(_dollars(found.wasted_cost_usd))
    elif found.wasted_tokens:
        parts.append(f"{found.wasted_tokens:,} tokens")
    if found.wasted_nano is not None:
        parts.append(_seconds(found.wasted_nano))
    return f"{' and '.join(parts)} after the first" if parts else ""


def _but(found: Finding) -> str:
    return f" ({found.reason})" if found.reason else ""


def _dollars(cost: float) -> str:
    return f"${cost:,.2f}" if cost >= 0.01 else f"${cost:.4f}"


def _seconds(nano: int) -> str:
    seconds = nano / 1e9
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
