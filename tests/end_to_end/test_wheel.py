"""The wheel, installed as users install it and not as developers do, runs everything."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from shared_data import REPOSITORY


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    target = folder / "site"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program from a folder that has nothing to do with the project."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "tracetui", *arguments],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_holds_four_packages_and_the_sample_traces(installed: Path):
    found = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert found == {"tracetui", "tracetui_analyses", "tracetui_loaders", "tracetui_store"}
    samples = {path.name for path in (installed / "tracetui/sample_traces").iterdir()}
    assert samples == {
        path.name
        for path in (REPOSITORY / "sample_traces").iterdir()
        if path.suffix in (".jsonl", ".md")
    }


def test_the_demo_opens_the_samples_that_came_with_the_wheel(installed: Path):
    result = run(installed, "demo")
    assert result.returncode == 0, result.stderr
    assert "traces" in result.stdout
    code = "import tracetui; print(tracetui.__file__)"
    where = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(installed))


def test_a_large_file_is_decoded_by_a_process_of_its_own(installed: Path, tmp_path: Path):
    line = (REPOSITORY / "sample_traces/support-day.otlp.jsonl").read_bytes().splitlines()[0]
    large = tmp_path / "large.jsonl"
    copies = 9_000_000 // len(line) + 1
    large.write_bytes((line + b"\n") * copies)
    result = run(installed, "doctor", str(large))
    assert result.returncode == 0, result.stderr
    assert f"{copies:,}" in result.stdout
