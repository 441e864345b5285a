"""The convention vectors: one span as sent, and what it must be normalised to."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "vectors"


@dataclass(frozen=True)
class Vector:
    """One pair of files."""

    id: str
    """File name without its endings: `18-openinference-llm-tool-call`."""
    input: dict[str, Any]
    """`resource`, `scope`, `span` and, for some, `logs`; attributes are plain values."""
    expected: dict[str, Any]
    """Normalised field to value; fields that are not named may be anything."""


def load_vectors() -> list[Vector]:
    """Return every vector, in file order."""
    return [
        Vector(
            id=path.name.removesuffix(".input.json"),
            input=json.loads(path.read_text("utf-8")),
            expected=json.loads(
                path.with_name(path.name.replace(".input.", ".expected.")).read_text("utf-8")
            ),
        )
        for path in sorted(FOLDER.glob("*.input.json"))
    ]
