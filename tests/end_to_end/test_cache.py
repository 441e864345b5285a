"""The second open of a large file, through the installed program."""

import json
import subprocess
import time
from pathlib import Path

import pytest
from end_to_end.terminal import PATIENCE, Terminal, environment, program
from otlp_files import otlp_span, request

SPANS = 18_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a file that is worth a cache."""
    lines = (
        request(
            *(
                otlp_span(100 * number + k, name=f"step {k}", trace=number + 1, start=number)
                for k in range(1, 101)
            )
        )
        for number in range(SPANS // 100)
    )
    (tmp_path / "large.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    """Return what the program prints."""
    return subprocess.run(
        [*program(), *arguments],
        cwd=folder,
        env=environment(XDG_CACHE_HOME=str(folder / "cache")),
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def open_and_quit(folder: Path, *options: str, cached: bool = True) -> None:
    variables = {"XDG_CACHE_HOME": str(folder / "cache")}
    command = ("open", *options, "large.jsonl")
    with Terminal(*command, cwd=folder, variables=variables) as terminal:
        terminal.shows(f"{SPANS:,} spans")
        # The cache is written when the load is complete, which quitting would cut short.
        deadline = time.monotonic() + PATIENCE
        while cached and not list((folder / "cache").rglob("*.duckdb")):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        terminal.press("q")
        assert terminal.leave() == 0


def test_a_large_file_is_cached_listed_and_cleared(folder: Path):
    open_and_quit(folder, "--no-cache", cached=False)
    assert run(folder, "cache", "list").startswith("No caches in ")
    open_and_quit(folder)
    (entry,) = json.loads(run(folder, "cache", "list", "--json"))
    assert entry["sources"] == ["large.jsonl"]
    assert Path(entry["path"]).is_relative_to(run(folder, "cache", "path").strip())
    open_and_quit(folder)
    assert "1 in " in run(folder, "cache", "list")
    assert run(folder, "cache", "clear").startswith("Freed ")
    assert run(folder, "cache", "list").startswith("No caches in ")
