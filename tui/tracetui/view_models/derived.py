"""What the trace view draws beside the tree itself and takes a while to find."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tracetui_analyses.critical_path import CriticalPath
from tracetui_analyses.self_time import self_time
from tracetui_analyses.span_tree import SpanTree

from tracetui.view_models import format as fmt
from tracetui.view_models.lanes import Lanes


@dataclass(frozen=True, slots=True, eq=False)
class Derived:
    """Critical path, self times and lanes of one tree."""

    path: CriticalPath
    self_time: NDArray[np.int64]
    lanes: Lanes

    @classmethod
    def of(cls, tree: SpanTree) -> "Derived":
        """Find all of it: about a second for a million spans, for a thread."""
        return cls(
            CriticalPath.of(tree),
            self_time(tree.start, tree.end, tree.parent),
            Lanes.of(tree.depth, tree.start, tree.end),
        )


def path_words(path: CriticalPath) -> list[str]:
    """Say what the critical path was spent on, most first, e.g. `path: llm 71%`, `tool 22%`."""
    shares = path.shares
    parts = (
        ("llm", shares.model),
        ("tool", shares.tool),
        ("user wait", shares.wait),
        ("other", shares.other),
        ("gap", shares.gap),
    )
    most_first = sorted((part for part in parts if part[1]), key=lambda part: -part[1])
    words = [f"{word} {fmt.percent(nano / shares.total)}" for word, nano in most_first]
    return [f"path: {words[0]}", *words[1:]] if words else []
