"""Loads a folder whole and prints what it cost: `python -m benchmarks.format_load STARTED FOLDER`.

Decoding is done in this process: starting the other one, which large files get, costs the same
for every format. All formats look at every source, so that a small load before this one imports
everything.
"""

import json
import sys
import tempfile
from pathlib import Path

from tracetui_loaders import worker
from tracetui_store.opening import open_store

from benchmarks.generators.files import file_of
from benchmarks.processes import cpu_seconds

_WARMING_SPANS = 100


def main(_: str, folder: str) -> None:
    """Load everything in `folder`."""
    worker.WORTH_A_PROCESS_BYTES = sys.maxsize
    with tempfile.TemporaryDirectory() as temporary:
        _load(str(file_of(Path(temporary), "flat", _WARMING_SPANS)))
    before = cpu_seconds()
    figures = _load(folder)
    figures["cpu_s"] = cpu_seconds() - before
    figures["megabytes"] = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    print(json.dumps(figures))


def _load(path: str) -> dict[str, float]:
    store, ingest = open_store([path])
    ingest.run()
    with store.reader() as reader:
        spans = reader.totals().spans
    store.close()
    return {"spans": spans}


if __name__ == "__main__":
    main(*sys.argv[1:])
