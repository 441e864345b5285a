"""A file that grows fast while several programs follow it: all end with what is in the file."""

import json
import subprocess
import sys
import time
from pathlib import Path

from end_to_end.terminal import PATIENCE, Terminal
from otlp_files import otlp_span, request

LINES = 20_000
LINES_PER_SECOND = 5_000
_WRITER = """
import sys, time
source, target, rate = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = open(source, "rb").readlines()
began = time.monotonic()
with open(target, "ab", buffering=0) as file:
    for number, line in enumerate(lines, 1):
        # Now and then a line comes in two pieces.
        cut = len(line) // 2 if number % 7 == 0 else 0
        if cut:
            file.write(line[:cut])
        file.write(line[cut:])
        ahead = number / rate - (time.monotonic() - began)
        if ahead > 0.002:
            time.sleep(ahead)
print(time.monotonic() - began)
"""


def line(number: int) -> str:
    """Return a line with a model call."""
    call = otlp_span(
        number,
        name="chat",
        trace=number // 20 + 1,
        start=number,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": number % 97,
            "gen_ai.usage.output_tokens": 1,
        },
    )
    return request(call) + "\n"


def counted(path: Path) -> tuple[int, int, int]:
    """Return lines, traces and tokens of a file, counted with `json` alone."""
    traces, tokens, lines = set(), 0, path.read_text().splitlines()
    for text in lines:
        (span,) = json.loads(text)["resourceSpans"][0]["scopeSpans"][0]["spans"]
        traces.add(span["traceId"])
        tokens += sum(
            int(attribute["value"]["intValue"])
            for attribute in span["attributes"]
            if attribute["key"].startswith("gen_ai.usage")
        )
    return len(lines), len(traces), tokens


def test_three_programs_that_follow_a_file_end_with_what_an_independent_count_finds(tmp_path):
    path, source = tmp_path / "growing.jsonl", tmp_path / "lines"
    path.write_text(line(1))
    source.write_text("".join(line(number) for number in range(2, LINES + 1)))
    command = [sys.executable, "-c", _WRITER, str(source), str(path), str(LINES_PER_SECOND)]
    with Terminal("tail", path) as first, Terminal("tail", path) as second:
        for terminal in (first, second):
            terminal.shows("1 span")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writing:
            half = source.stat().st_size // 2
            while path.stat().st_size < half:
                time.sleep(0.01)
            with Terminal("tail", path) as third:
                assert writing.wait(PATIENCE) == 0
                lines, traces, tokens = counted(path)
                assert lines == LINES
                three = (first, second, third)
                for terminal in three:
                    terminal.shows(f"{traces:,} traces  {lines:,} spans")
                    terminal.shows(f"{round(tokens / 1000)}k tokens")
                ends = time.monotonic() + PATIENCE
                while len({terminal.screen.splitlines()[0] for terminal in three}) > 1:
                    assert time.monotonic() < ends
                    time.sleep(0.05)
                for terminal in three:
                    terminal.press("\x12")  # ctrl+r: the ingest report
                    terminal.shows(f"{lines:,} ok  0 repaired  0 rejected  0 blank  0 in an")
                    terminal.shows(f"{lines:,} spans  {traces:,} traces", "0 duplicates  0 orphans")
                    terminal.press("q", "q")
                    assert terminal.leave() == 0
