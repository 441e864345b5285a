import json
import os
import subprocess
import sys
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from otlp_files import agent_trace, request, sample_files
from tracetui import cli
from tracetui.headless import loading
from typer.testing import CliRunner

PROGRAM = (sys.executable, "-m", "tracetui")


@pytest.fixture
def two_agents(tmp_path):
    """A file with two traces of one agent, a line each."""
    path = tmp_path / "agents.jsonl"
    lines = [request(*agent_trace(1)), request(*agent_trace(2, start=5_000))]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def run():
    """Run a command in this process; returns what it printed and its exit code."""

    def run_command(*arguments):
        return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])

    return run_command


@pytest.fixture
def run_json(run):
    """Run a command with `--json` and return its one value."""

    def run_command(*arguments):
        result = run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        assert result.stdout.isascii()
        return json.loads(result.stdout)

    return run_command


@pytest.fixture(scope="session")
def stores_of_samples():
    """Hold the stores of samples, by path, until no test needs them any more."""
    with ExitStack() as until_the_end:
        yield {}, until_the_end


@pytest.fixture
def samples_loaded_once(stores_of_samples, monkeypatch):
    """Load each sample once for all tests: commands only read, and loading is what takes long."""
    stores, until_the_end = stores_of_samples
    open_store, samples = loading.open_store, {str(path) for path in sample_files()}

    def open_once(paths, **options):
        (path,) = paths
        assert path in samples
        if path not in stores:
            store, ingest = open_store(paths, **options)
            until_the_end.callback(store.close)
            ingest.run()
            stores[path] = store
        store = stores[path]
        reading = SimpleNamespace(reader=store.reader, based=False, close=lambda: None)
        return reading, SimpleNamespace(run=lambda: None)

    monkeypatch.setattr(loading, "open_store", open_once)


@pytest.fixture
def program():
    """Run the real program in a process of its own."""

    def run_program(*arguments, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        environment = {**os.environ, "TERM": "xterm-256color"}
        return subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            capture_output=True,
            timeout=180,
            check=False,
            env=environment,
            **options,
        )

    return run_program
