"""What is really imported, asked of processes of their own: `--help` and the first paint wait."""

import json
import subprocess
import sys

import pytest

HEAVY = {"textual", "rich", "duckdb", "pyarrow", "numpy"}

_REPORT = """
import json, sys
print()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""

_HELP = """
import sys
from tracetui.cli import main
sys.argv = ["tracetui", "--help"]
try:
    main()
except SystemExit as leaving:
    assert leaving.code == 0, leaving.code
"""

_EVERY_MODULE = """
import importlib, pkgutil
import {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def imported_by(program):
    """Return the top-level modules that are loaded once `program` has run."""
    done = subprocess.run(
        [sys.executable, "-c", program + _REPORT],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_help_loads_nothing_heavy():
    assert not imported_by(_HELP) & HEAVY


def test_the_command_line_loads_nothing_heavy():
    assert not imported_by("import tracetui.cli") & HEAVY


def test_the_app_and_its_landing_screen_wait_for_what_only_loading_needs():
    loaded = imported_by("import tracetui.app")
    assert "textual" in loaded
    assert not loaded & {"duckdb", "pyarrow", "numpy"}


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("tracetui_loaders", {"duckdb", "textual", "rich", "typer"}),
        ("tracetui_store", {"textual", "rich", "typer"}),
        ("tracetui_analyses", {"textual", "rich", "typer"}),
    ],
)
def test_no_module_of_a_lower_package_loads_what_belongs_above_it(package, forbidden):
    loaded = imported_by(_EVERY_MODULE.format(package=package))
    assert package in loaded
    assert not loaded & forbidden


def test_no_widget_loads_the_database():
    loaded = imported_by(_EVERY_MODULE.format(package="tracetui.widgets"))
    assert "duckdb" not in loaded


def test_the_receiver_loads_no_terminal_and_no_store():
    loaded = imported_by(_EVERY_MODULE.format(package="tracetui.receiver"))
    assert {"uvicorn", "grpc"} <= loaded
    assert not loaded & {"textual", "rich", "duckdb"}


def test_the_command_for_receiving_loads_no_server():
    assert not imported_by("import tracetui.cli, tracetui.headless.receiving") & {"uvicorn", "grpc"}
