"""A format from outside: one class and one entry point, in a package that knows only our names."""

import json
import os
import subprocess
import sys

import pytest

_MODULE = '''
"""Reads `name,trace,span,start,end` lines that begin with `#spans`."""

from tracetui_loaders.batch import BatchBuilder, RawSpan


class CommaLoader:
    """Loads comma-separated spans."""

    name = "comma"
    title = "comma-separated spans"

    def sniff(self, head):
        return 1.0 if head.data.startswith(b"#spans\\n") else 0.0

    def load(self, source, source_id):
        builder = BatchBuilder(source_id)
        context = builder.context({"service.name": "comma-service"})
        for number, line in enumerate(source.read_all().decode().splitlines(), start=1):
            if number == 1:
                builder.lines.ok += 1
                continue
            try:
                name, trace_id, span_id, start, end = line.split(",")
                span = RawSpan(
                    trace_id, span_id, None, name, None, int(start), int(end), "UNSET", None,
                    {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 7},
                )
            except ValueError as error:
                builder.lines.rejected += 1
                builder.problem("rejected", str(error), number, None)
                continue
            builder.add_span(span, context, number, None)
            builder.lines.ok += 1
        yield builder.flush(source.bytes_done)
'''
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
    (tmp_path / "site" / "comma_spans.py").write_text(_MODULE)
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
        timeout=60,
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
