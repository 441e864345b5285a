"""A process that loads one file and says what became of its lines.

Run as `python -m benchmarks.hostile_load STARTED FILE`; `benchmarks.hostile` does.
"""

import json
import sys

from tracetui_store.ingest import Ingest
from tracetui_store.store import Store


def main(_: str, path: str) -> None:
    """Load; print the counts."""
    store = Store.temporary()
    Ingest(store, [path]).run()
    with store.reader() as reader:
        (file,) = reader.files()
        spans = reader.count("span_rows")
    store.close()
    kinds = ("ok", "repaired", "rejected", "blank", "tail")
    print(json.dumps({"lines": {kind: getattr(file, kind) for kind in kinds}, "spans": spans}))


if __name__ == "__main__":
    main(*sys.argv[1:])
