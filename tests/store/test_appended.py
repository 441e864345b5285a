"""Many lines a second, two processes that follow and a third that opens: all count the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

from store.appended_log import BEFORE, LINES_PER_SECOND
from store.killed_loads import count, lines

APPENDED = int(os.environ.get("TRACETUI_APPENDED_LINES", "1000"))
"""`TRACETUI_APPENDED_LINES=20000` for the whole claim, which takes ten seconds of appending."""
PROGRAM = Path(__file__).with_name("appended_log.py")


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    paths = [str(PROGRAM.parent.parent), *(str(Path(path).resolve()) for path in sys.path if path)]
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(paths)},
    )


def test_three_processes_that_follow_a_busy_log_end_with_what_is_in_it(tmp_path):
    log, cache = tmp_path / "busy.jsonl", str(tmp_path / "cache")
    log.write_text(lines(1, BEFORE))
    follow = ("follow", str(log), cache, str(BEFORE + APPENDED - 1))
    appending = start(tmp_path, "append", str(log), str(APPENDED))
    first, second = (start(tmp_path, *follow) for _ in range(2))
    for process in (appending, first, second):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    assert appending.stdin is not None
    appending.stdin.write("go\n")
    appending.stdin.flush()
    third = start(tmp_path, *follow)
    seconds = float(appending.communicate()[0])
    found = [
        json.loads(process.communicate()[0].splitlines()[-1]) for process in (first, second, third)
    ]
    traces, spans, tokens = count(log)
    assert (traces, spans) == (BEFORE - 1 + APPENDED, 3 * (BEFORE - 1 + APPENDED))
    fates = [traces, 0, 0, 0, 0, 0]
    assert found == [[[traces, spans, tokens], fates]] * 3
    # No faster than it should be; a busy machine may be slower.
    assert seconds > 0.8 * APPENDED / LINES_PER_SECOND
