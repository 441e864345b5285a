import json
import os
import subprocess
import sys

import pytest
from otlp_files import agent_trace, request
from tracetui import cli
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
            timeout=60,
            check=False,
            env=environment,
            **options,
        )

    return run_program
