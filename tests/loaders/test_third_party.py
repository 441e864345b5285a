"""A format from outside, as CONTRIBUTING.md shows it: one class and one entry point."""

import json
import os
import re
import subprocess
import sys

import pytest
from shared_data import REPOSITORY
from tracetui_loaders.conventions.base import lookup_of, scan

_GUIDE = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
_LOADER, _CONVENTION = re.findall(r"^```python\n(.*?)^```$", _GUIDE, re.MULTILINE | re.DOTALL)
_METADATA = "Metadata-Version: 2.1\nName: comma-spans\nVersion: 1.0\n"
_BROKEN = "[tracetui.loaders]\ncomma = comma_spans:CommaLoader\nabsent = no_such_module:Loader\n"
_ENTRY_POINTS = "[tracetui.loaders]\ncomma = comma_spans:CommaLoader\n"
_SPANS = "#spans\nask,{trace},{span},1000,3000\nno span at all\n".format(
    trace="5b8efff798038103d269b633813fc60c", span="eee19b7ec3c1b174"
)


@pytest.fixture
def site(tmp_path):
    """A directory with the third party's package, as an installer leaves it."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "comma_spans.py").write_text(_LOADER)
    information = tmp_path / "site" / "comma_spans-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(_METADATA)
    (information / "entry_points.txt").write_text(_ENTRY_POINTS)
    return tmp_path / "site"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "conversation.txt"
    path.write_text(_SPANS)
    return path


def tracetui(site, *arguments):
    """Run the program with `site` on its path and return what it printed as JSON lines."""
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", "tracetui", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_format_of_one_class_and_one_entry_point_is_listed(site):
    assert "comma-separated spans" in tracetui(site, "formats")


def test_its_spans_are_normalised_and_queried_like_any_other(site, file):
    (span,) = map(json.loads, tracetui(site, "spans", file, "--json").splitlines())
    assert span["name"] == "ask"
    assert span["kind"] == "llm"
    assert span["input_tokens"] == 7
    assert span["service_name"] == "comma-service"
    assert span["start_time_unix_nano"] == 1000


def test_its_bad_lines_are_in_the_ingest_report(site, file):
    (report,) = json.loads(tracetui(site, "doctor", file, "--json"))["files"]
    assert report["format"] == "comma"
    assert report["lines"] == {"ok": 2, "repaired": 0, "rejected": 1, "blank": 0, "tail": 0}
    assert [(row["kind"], row["line"]) for row in report["problems"]] == [("rejected", 3)]


def test_a_loader_that_cannot_be_imported_leaves_the_others_working(site, file):
    (site / "comma_spans-1.0.dist-info" / "entry_points.txt").write_text(_BROKEN)
    assert json.loads(tracetui(site, "summary", file, "--json"))["spans"] == 1


def test_the_guide_s_convention_is_a_table_that_the_mechanism_takes():
    names = {}
    exec(_CONVENTION, names)
    found = scan({"acme.step": "Think", "acme.tokens.in": "12"}, lookup_of([names["ACME"]]))
    assert found["kind"] == "llm"
    assert found["kind_source"] == "acme.step"
    assert found["input_tokens"] == 12
