"""Loads a file again and again and is killed in the middle: a program for `test_killed`.

One process imports everything and forks a child for each kill, so that a kill costs no start of an
interpreter. A child says in which phase it is; how long it then lives is up to the test. Another
child then opens what the killed one left and says what it finds.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import tracetui_store.ingest
from otlp_files import agent_trace, request
from tracetui_store.cache import Cache
from tracetui_store.opening import open_store

LONGEST_SECONDS = {"load": 0.3, "publish": 0.04, "follow": 0.3}
"""How long after a phase began its kill comes at the latest."""


def lines(first: int, last: int) -> str:
    return "".join(request(*agent_trace(number)) + "\n" for number in range(first, last))


def count(path: Path) -> list[int]:
    """Return traces, spans and input tokens of a file, counted with `json` alone."""
    spans = {}
    for line in path.read_text().splitlines():
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    spans[span["traceId"], span["spanId"]] = span
    tokens = [
        int(attribute["value"]["intValue"])
        for span in spans.values()
        for attribute in span["attributes"]
        if attribute["key"] == "gen_ai.usage.input_tokens"
    ]
    return [len({trace for trace, _ in spans}), len(spans), sum(tokens)]


def in_child(work, path: Path, cache: Cache) -> tuple[int, int]:
    """Run `work` in a process of its own, with a pipe to write to; return its id and the pipe."""
    out, into = os.pipe()
    pid = os.fork()
    if pid:
        os.close(into)
        return pid, out
    os.close(out)
    try:
        work(path, cache, into)
    finally:
        os._exit(0)


def load_and_follow(path: Path, cache: Cache, say: int) -> None:
    """Do what the program does with a file, saying where it is."""
    publish = cache.publish

    def publish_and_say(*arguments):
        os.write(say, b"publish\n")
        publish(*arguments)

    cache.publish = publish_and_say
    store, ingest = open_store([str(path)], cache=cache)
    os.write(say, b"load\n")
    ingest.run()
    os.write(say, b"follow\n")
    ingest.follow()
    store.close()


def look(path: Path, cache: Cache, say: int) -> None:
    """Open what is there and say what is in it, and whether a cache was used."""
    store, ingest = open_store([str(path)], cache=cache)
    ingest.run()
    with store.reader() as reader:
        totals = reader.totals()
        (file,) = reader.files()
    found = [totals.traces, totals.spans, totals.input_tokens]
    based = store.based
    store.close()
    os.write(say, json.dumps([found, based, file.duplicates, file.rejected]).encode())


def kill_once(phase: str, path: Path, cache: Cache, chosen: random.Random) -> bool:
    """Kill a load in a phase; return whether it was there to be killed."""
    path.write_text(lines(1, 60))
    pid, out = in_child(load_and_follow, path, cache)
    with os.fdopen(out, "rb") as said:
        while (line := said.readline()) and line != f"{phase}\n".encode():
            pass
        ends = time.monotonic() + chosen.random() * LONGEST_SECONDS[phase]
        number = 60
        while time.monotonic() < ends:
            if phase == "follow":
                with path.open("a") as file:
                    file.write(lines(number, number + 1))
                number += 1
            time.sleep(min(0.01, max(0.0, ends - time.monotonic())))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def main(folder: Path, seed: int, kills: int) -> None:
    tracetui_store.ingest.SMALLEST_BYTES = 1
    chosen = random.Random(seed)
    for number in range(kills):
        phase = ("load", "publish", "follow")[number % 3]
        path, cache = folder / "traces.jsonl", Cache(folder / f"cache-{number // 3 % 2}")
        if phase == "publish":
            cache.clear()
        killed = kill_once(phase, path, cache, chosen)
        found = []
        # Every fifth time also what the one that looked has left.
        for _ in range(1 + (number % 5 == 0)):
            pid, out = in_child(look, path, cache)
            with os.fdopen(out, "rb") as said:
                found.append(json.loads(said.read() or b"null"))
            os.waitpid(pid, 0)
        left = [entry.name for entry in cache.directory.glob("*.tmp")]
        print(json.dumps([phase, killed, count(path), found, left]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
