"""Splits what a program sends to a terminal into text and control sequences.

Source: ECMA-48, "Control functions": CSI, OSC and other string controls, two-character escapes.
"""

import re
from typing import NamedTuple

_SEQUENCE = re.compile(
    "\x1b\\[(?P<csi>[0-?]*[ -/]*[@-~])"
    "|\x1b\\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\\\)"
    "|\x1b(?P<string>[PX^_][^\x1b]*)\x1b\\\\"
    "|\x1b(?P<escape>[ -/]*[0-~])"
)
CSI_OF_THE_APP = re.compile(
    "[0-9;]*m"  # colours
    "|[0-9]*(;[0-9]*)?H"  # where to draw
    r"|\?(25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2048|7)[hl]"
    r"|\?(2026|2048)\$p|\?u|[>=<][0-9;]*u|[0-9]*[JKABCD]|6n|c|[0-9;]*t|[0-9] q"
)
"""What Textual sends: colours, the cursor, modes, and what it asks the terminal."""
UNSAFE_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""C0 without tab, line feed and return; C1; bidirectional controls."""


class Parts(NamedTuple):
    """The parts of an output."""

    text: str
    csi: set[str]
    osc: list[str]
    other: set[str]


def split(output: bytes) -> Parts:
    """Return text and sequences apart; an unfinished sequence stays in the text."""
    decoded = output.decode("utf-8", "surrogateescape")
    parts = Parts("".join(_SEQUENCE.split(decoded)[::5]), set(), [], set())
    for match in _SEQUENCE.finditer(decoded):
        if match["csi"] is not None:
            parts.csi.add(match["csi"])
        elif match["osc"] is not None:
            parts.osc.append(match["osc"])
        else:
            parts.other.add(match[0])
    return parts
