"""The bars of the design (issue 3; INGEST §9), and the table that holds measurements to them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One measurement beside what it should be."""

    number: int
    """The bar's number in INGEST §9; 0 for what stands elsewhere."""
    what: str
    wanted: str
    measured: str
    passed: bool | None
    """None where this size cannot say."""


def at_most(
    number: int, what: str, found: float, most: float, unit: str = "", *, judged: bool = True
) -> Bar:
    """Return the bar that `found` be `most` or less; not `judged`: this size cannot say."""
    passed = found <= most if judged else None
    return Bar(number, what, f"≤ {most:,g}{unit}", f"{_figure(found)}{unit}", passed)


def at_least(number: int, what: str, found: float, least: float) -> Bar:
    """Return the bar that `found` be `least` or more."""
    return Bar(number, what, f"≥ {least:g}", _figure(found), found >= least)


def _figure(found: float) -> str:
    return f"{found:,.0f}" if found >= 100 else f"{found:.3g}"


def table(bars: Sequence[Bar]) -> str:
    """Return the bars as a Markdown table."""
    words = {True: "pass", False: "**miss**", None: "-"}
    lines = ["| bar | what | wanted | measured | |", "|--:|---|--:|--:|---|"]
    lines += [
        f"| {bar.number or ''} | {bar.what} | {bar.wanted} | {bar.measured} | {words[bar.passed]} |"
        for bar in sorted(bars, key=lambda bar: bar.number or 99)
    ]
    return "\n".join(lines)
