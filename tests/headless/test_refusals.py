"""What no format knows is refused with what it looks like and what to do; never a traceback."""

import io
import json
import zipfile

import pytest


def zipped(name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, "x")
    return buffer.getvalue()


STRANGERS = {
    "a PNG picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a zip archive (it holds notes/today.txt)": zipped("notes/today.txt"),
    "a terminal's output": b"\x1b[32mok\x1b[0m started\n\x1b[31mfailed\x1b[0m\n",
    "a plain text log": b"2026-01-01 10:00:00 INFO start\n2026-01-01 10:00:01 INFO stop\n",
    "Markdown text": b"# Plan\n\n- one\n- two\n\n```\ncode\n```\n",
    "aider's chat history": b"\n# aider chat started at 2024-08-05 19:33:02\n\n> Tokens: 5k sent\n",
    "a table (CSV or TSV)": b"trace,span,start\na,b,1\n",
    "XML or HTML": b"<!DOCTYPE html><html></html>\n",
    "text, not JSON": b"shopping list\n",
    "binary data": bytes(range(128, 250)) * 4,
    "the file is empty": b"",
}


@pytest.mark.parametrize("looks", STRANGERS)
@pytest.mark.parametrize("command", ["summary", "doctor", "open"])
def test_a_stranger_is_refused_with_what_it_looks_like(run, tmp_path, command, looks):
    path = tmp_path / "traces.jsonl"
    path.write_bytes(STRANGERS[looks])
    result = run(command, path)
    assert result.exit_code == 3
    assert looks in result.output
    assert "Traceback" not in result.output
    assert result.output.count("Run 'tracetui formats'") == 1


def test_unknown_json_is_described_and_comes_with_a_mapping_to_begin_with(run, tmp_path):
    path = tmp_path / "house.jsonl"
    records = [{"nested": {"op_label": "plan"}, "began": "later", "took": n} for n in (1, 2)]
    path.write_text("\n".join(map(json.dumps, records)) + "\n")
    output = run("doctor", path).output
    assert (
        "its first 2 objects have the keys nested (object), began (text), took (number)" in output
    )
    assert "formats fits" in output
    start = output.index("[fields]")
    snippet = output[start : output.index("Run 'tracetui formats'")]
    mending = snippet.replace('# name = "..."', 'name = "nested.op_label"')
    mapping = tmp_path / "map.toml"
    mapping.write_text("\n".join(line.strip() for line in mending.splitlines()))
    spans = run("spans", path, "--map", mapping, "--json")
    assert spans.exit_code == 0, spans.output
    names = [json.loads(line)["name"] for line in spans.output.splitlines()]
    assert names[:2] == ["plan", "plan"]


def test_a_mapping_file_forces_the_format_on_every_command(run, tmp_path):
    (tmp_path / "map.toml").write_text('[fields]\nname = "a"\n')
    (tmp_path / "x.jsonl").write_text('{"a": "hello"}\n')
    for command in ("open", "summary", "traces", "show", "spans", "doctor"):
        result = run(command, tmp_path / "x.jsonl", "--map", tmp_path / "map.toml")
        assert result.exit_code == 0, result.output


def test_a_wrong_mapping_file_is_wrong_usage(run, tmp_path):
    (tmp_path / "map.toml").write_text('[fields]\nnam = "a"\n')
    (tmp_path / "x.jsonl").write_text('{"a": "hello"}\n')
    result = run("summary", tmp_path / "x.jsonl", "--map", tmp_path / "map.toml")
    assert result.exit_code == 2
    assert "map.toml:2: nam is no field; did you mean name?" in result.output
