"""README.md is held to the program: its keys, its commands and what they print."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from shared_data import REPOSITORY
from tracetui.commands import GROUPS
from tracetui.view_models.help_text import shown_keys

README = (REPOSITORY / "README.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BAR = "\\|"
"""How a bar stands in a table."""
_COMMAND = re.compile(r"(?:^|\| )tracetui ")


def key_rows():
    """Return the README's row for every command, as its tables write them."""
    return [
        f"| {' '.join(f'`{key}`' for key in shown_keys(command, {}).split()).replace('|', _BAR)} "
        f"| {command.description} |"
        for _, commands in GROUPS
        for command in commands
    ]


def shell_commands():
    """Return the commands of the README's `sh` blocks that run tracetui."""
    return [
        line.partition("  #")[0].rstrip()
        for language, block in _BLOCK.findall(README)
        if language == "sh"
        for line in block.splitlines()
        if _COMMAND.search(line)
    ]


def console_sessions():
    """Return command and output of the README's `console` blocks."""
    blocks = [block for language, block in _BLOCK.findall(README) if language == "console"]
    return [tuple(block.removeprefix("$ ").split("\n", 1)) for block in blocks]


@pytest.fixture
def run(tmp_path):
    """Run a command line as a reader would: from the repository, with `tracetui` on the path."""
    program = tmp_path / "tracetui"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tracetui "$@"\n')
    program.chmod(0o755)
    # Paths of an uninstalled checkout are relative; the commands run elsewhere than the tests.
    packages = os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": packages,
        "TZ": "UTC",
    }

    def run_line(line):
        return subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    return run_line


def test_the_readme_has_every_key():
    assert set(key_rows()) - set(README.splitlines()) == set()


def test_the_readme_has_no_key_that_is_gone():
    rows = [line for line in README.splitlines() if re.match(r"\| `[^`]+`( `[^`]+`)* \| ", line)]
    start = README.index("## Keys")
    assert set(rows) & set(README[start:].splitlines()) == set(key_rows())


@pytest.mark.parametrize("line", shell_commands())
def test_every_command_in_the_readme_runs(run, line):
    done = run(line)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(("line", "output"), console_sessions())
def test_the_readme_shows_what_a_command_prints(run, line, output):
    done = run(line)
    assert done.returncode == 0, done.stderr
    assert done.stdout == output


def test_the_readme_shows_the_mapping_example_as_it_is():
    folder = REPOSITORY / "docs" / "mapping"
    assert (folder / "map.toml").read_text("utf-8") in README
    assert (folder / "house.jsonl").read_text("utf-8").splitlines()[1] in README


def test_the_pictures_are_there_and_ask_the_network_for_nothing():
    pictures = re.findall(r"\]\((docs/[^)]+\.svg)\)", README)
    assert len(pictures) == 2
    for picture in pictures:
        svg = (REPOSITORY / picture).read_text("utf-8")
        assert len(svg) < 300_000
        assert "@font-face" not in svg
        assert "url(http" not in svg
