"""A file full of what goes wrong in real ones: every line counted, every good span kept: bar 9."""

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.bars import Bar
from benchmarks.generators import otlp
from benchmarks.processes import run

_GOOD_LINES = 600
_DEEP = 2_000


def _wrapped(span: bytes) -> bytes:
    return b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + span + b"]}]}]}\n"


def _span(number: int, more: bytes = b"") -> bytes:
    return (
        b'{"traceId":"%032x","spanId":"%016x","name":"hostile","startTimeUnixNano":"1",'
        b'"endTimeUnixNano":"2"%b}' % (number + 1, number + 1, more)
    )


_HARMLESS = (
    b',"attributes":[{"key":"a","value":{"doubleValue":NaN}}]',
    b',"attributes":[{"key":"a","value":{"stringValue":"raw \x01 control"}}]',
    b',"attributes":[{"key":"a","value":{"stringValue":"\\ud800 alone"}}]',
    b',"attributes":[{"key":"a","value":{"stringValue":"invalid \xff\xfe UTF-8"}}]',
    b',"attributes":[{"key":"a","value":{"intValue":"99999999999999999999999"}}]',
    b',"attributes":[{"key":"a","value":{"intValue":123456789012345678901234567890}}]',
    b',"attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"a","value":{"intValue":1}}]',
    b',"unknown":{"field":[1,2,3]}',
    b',"attributes":null,"status":null,"events":null',
)
"""Lines with these hold a span that must be kept."""

_HOPELESS = (
    b"42\n",
    b"null\n",
    b'"a string"\n',
    b"[]\n",
    b"{}\n",
    b'{"level":"info","message":"not a trace"}\n',
    b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"cut of\n',
    b"not JSON at all\n",
    b"\x00\x00\x00\x00\n",
    b"\xff\xfe\xfd\n",
    b'{"a":' * _DEEP + b"1" + b"}" * _DEEP + b"\n",
)
_BLANK = (b"\n", b"   \n", b"\t\r\n")


def write(path: Path, *, seed: int = 7) -> tuple[int, int]:
    """Write the file; return its physical lines and the spans that must be kept."""
    chooser = random.Random(seed)
    lines = list(otlp.lines(_GOOD_LINES * otlp.SPANS_PER_REQUEST, seed=seed))
    spans = _GOOD_LINES * otlp.SPANS_PER_REQUEST
    for line in _hostile(chooser):
        spans += b'"hostile"' in line
        lines.insert(1 + chooser.randrange(len(lines) - 1), line)
    torn = lines[0][: len(lines[0]) // 2]
    data = b"\xef\xbb\xbf" + b"".join(lines) + torn
    path.write_bytes(data)
    return data.count(b"\n") + 1, spans


def _hostile(chooser: random.Random) -> Iterator[bytes]:
    number = 0
    for _ in range(40):
        for more in _HARMLESS:
            number += 1
            yield _wrapped(_span(number, more))
        yield from chooser.sample(_HOPELESS, len(_HOPELESS))
        yield from _BLANK


def bars(folder: Path) -> list[Bar]:
    """Load the file in a process of its own and compare with what was written."""
    path = folder / "hostile.jsonl"
    physical, good = write(path)
    found = run("benchmarks.hostile_load", str(path))
    counts = msgspec.convert(found["lines"], dict[str, int])
    accounted = sum(counts.values())
    words = ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
    return [
        Bar(
            9,
            f"hostile file: lines accounted for ({words})",
            f"{physical:,}",
            f"{accounted:,}",
            accounted == physical,
        ),
        Bar(
            9,
            "hostile file: good spans kept",
            f"{good:,}",
            f"{found['spans']:,}",
            found["spans"] == good,
        ),
    ]
