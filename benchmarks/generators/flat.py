"""Flat JSON lines: one span per line, its attributes an object, as ad-hoc tracers write."""

from collections.abc import Iterator

import msgspec

from benchmarks.generators.runs import spans


def lines(count: int, *, seed: int = 7, largest: int | None = None) -> Iterator[bytes]:
    """Yield exactly `count` lines, a span each."""
    encode = msgspec.json.Encoder().encode
    for span in spans(count, seed=seed, largest=largest):
        yield (
            encode(
                {
                    "trace_id": span.trace_id,
                    "span_id": span.span_id,
                    "parent_span_id": span.parent_span_id,
                    "name": span.name,
                    "start_time_unix_nano": span.start,
                    "end_time_unix_nano": span.end,
                    "status": "ERROR" if span.failed else "OK",
                    "attributes": span.attributes,
                }
            )
            + b"\n"
        )
