import subprocess
import sys

import pytest

HEAVY = ("textual", "duckdb", "pyarrow", "numpy", "rich")
COMMANDS = (
    "open",
    "demo",
    "summary",
    "traces",
    "show",
    "spans",
    "doctor",
    "errors",
    "formats",
    "search",
    "sql",
)


@pytest.mark.parametrize("arguments", [["--help"], ["summary", "--help"], ["--version"], []])
def test_help_and_version_import_nothing_heavy(arguments):
    script = (
        "import sys\n"
        f"sys.argv = ['tracetui', *{arguments!r}]\n"
        "from tracetui.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "    print('LOADED', loaded)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=180
    )
    assert "LOADED []" in done.stdout


def test_help_names_every_command(run):
    text = run("--help").output
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["summary"], ["summary", "--nonsense", "x"], ["traces", "x", "--limit", "-1"]],
)
def test_wrong_usage_exits_with_2(run, arguments):
    assert run(*arguments).exit_code == 2


def test_formats_lists_otlp(run_json, run):
    names = {entry["name"] for entry in run_json("formats")["formats"]}
    assert {"otlp_json", "otlp_proto"} <= names
    assert "OTLP" in run("formats").output
