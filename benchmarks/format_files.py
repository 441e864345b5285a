"""Files of the formats that formats.py measures, each of 10 MB or more, made for one run.

Corpora hold small files. A large one repeats their sessions, each time under other ids, in the
form in which users have many: lines of one file, or files of one folder. Nothing of them is kept.
The other files are generated, from the very runs that are in the OTLP file where a format has
spans.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.generators.files import file_of

_LEAST_BYTES = 12_000_000
_SPANS = 6_500
"""12 MB of OTLP JSON."""
_LINES = 7_000
"""12 MB of sessions, roughly."""
_FILES = 22
"""Of half a megabyte: what one more file costs, whatever it holds."""
_LEAST_OF_CORPUS = 20_000
"""Smaller files of a corpus show one odd record each: starting on a file would be measured."""
_SCATTER = 0x9E3779B1
# The first eight hex digits of UUIDs and of trace and span ids, which are whole strings.
_ID = re.compile(
    rb"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)"
    rb'|(?<=")[0-9a-f]{8}(?=(?:[0-9a-f]{8}|[0-9a-f]{24})")'
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A format, and how a large file of it comes about."""

    name: str
    made: str
    """Of what, for people."""
    make: Callable[[Path, Path], None]
    """Writes what is to be loaded into the first folder, from the corpora in the second."""
    corpus: str | None = None
    """The folder of the corpora that it needs."""
    judged: bool = True
    """Whether a bar is for it; else it is there for comparison."""


def _as_other(data: bytes, number: int) -> bytes:
    """Return the text with other ids, the same for one number."""
    mask = number * _SCATTER & 0xFFFFFFFF
    return _ID.sub(lambda found: b"%08x" % (int(found[0], 16) ^ mask), data)


def _repeated(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a corpus again and again, under other names and ids, until it is enough.

    Raises:
        FileNotFoundError: If it holds no file that is large enough.
    """
    found = [
        path
        for path in sorted(folder.rglob("*.json*"))
        if path.is_file() and path.stat().st_size >= _LEAST_OF_CORPUS
    ]
    if not found:
        raise FileNotFoundError(f"{folder}: no file of {_LEAST_OF_CORPUS:,} bytes")
    written = 0
    for number in count(1):
        for path in found:
            if written >= _LEAST_BYTES:
                return
            data = _as_other(path.read_bytes(), number)
            written += len(data)
            yield f"{number}-{path.name}", data


def _copies(corpus: str, out: Path, corpora: Path) -> None:
    for name, data in _repeated(corpora / corpus):
        (out / name).write_bytes(data)


def _lines(corpus: str, out: Path, corpora: Path) -> None:
    with (out / f"{corpus}.jsonl").open("wb") as file:
        for _, data in _repeated(corpora / corpus):
            file.write(data.rstrip(b"\n") + b"\n")


def _in_files(out: Path, corpora: Path) -> None:
    """Write the requests of the OTLP file as many files."""
    OTLP.make(out, corpora)
    (whole,) = out.iterdir()
    lines = whole.read_bytes().splitlines(keepends=True)
    whole.unlink()
    for number in range(_FILES):
        (out / f"{number}.jsonl").write_bytes(b"".join(lines[number::_FILES]))


def _generated(kind: str, size: int, out: Path, _: Path) -> None:
    file_of(out, kind, size)


def _of_corpus(name: str, *, as_lines: bool = False) -> Subject:
    make = partial(_lines if as_lines else _copies, name)
    return Subject(name, "corpus, one file" if as_lines else "corpus, copies", make, name)


OTLP = Subject("otlp", "generated", partial(_generated, "otlp", _SPANS))
"""What the others are held to: requests of 100 spans, 1.85 kB a span."""

SUBJECTS = (
    Subject(f"otlp in {_FILES} files", "generated", _in_files, judged=False),
    *map(_of_corpus, ("tau-bench", "mini-swe-agent", "copilot-vscode")),
    _of_corpus("claude-code", as_lines=True),
    _of_corpus("pi"),
    *(
        Subject(f"{kind} (generated)", "generated", partial(_generated, kind, size))
        for kind, size in (
            ("flat", _SPANS),
            ("claude-code", _LINES),
            ("jaeger", _SPANS),
            ("langfuse", _SPANS),
            ("codex", 2 * _LINES + 1_000),
        )
    ),
)
