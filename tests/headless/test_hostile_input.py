import json
import os
import signal
import subprocess
import sys
import tempfile
import time

import duckdb
import pytest
from otlp_files import otlp_span, request

HOSTILE = "[/red]\x1b[2J\x9b31m\u202egnp.exe\r\x07\x7f"


@pytest.mark.parametrize("command", ["open", "summary", "traces", "show", "spans", "errors"])
def test_an_unreadable_path_exits_with_3_and_a_message(run, tmp_path, command):
    text = tmp_path / "notes.txt"
    text.write_text("shopping list\n")
    for path in (tmp_path / "absent.jsonl", text):
        done = run(command, path)
        assert (done.exit_code, done.stdout) == (3, "")
        assert path.name in done.stderr


@pytest.mark.parametrize(
    "command", ["open", "summary", "traces", "show", "spans", "doctor", "errors"]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_text_reaches_the_terminal_harmless(run, tmp_path, command, as_json):
    if command == "open" and as_json:
        pytest.skip("open has no JSON")
    span = otlp_span(
        1,
        name=HOSTILE,
        attributes={"error.type": HOSTILE, "gen_ai.agent.name": HOSTILE, HOSTILE: HOSTILE},
        status={"code": 2, "message": HOSTILE},
    )
    path = tmp_path / "\x1b]0;owned\x07.jsonl"
    path.write_text(request(span) + "\nnot JSON \x1b[2J\n")
    options = ["--json"] if as_json else []
    if command == "spans" and as_json:
        options.append("--payloads")
    done = run(command, path, *options)
    assert done.exit_code == 0
    text = done.stdout
    assert text
    unsafe = {char for char in text if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}
    assert unsafe == set()
    assert "\u202e" not in text


def test_a_file_whose_name_is_no_unicode_is_read_and_named(run_json, tmp_path):
    path = tmp_path / os.fsdecode(b"name-\xff.jsonl")
    path.write_text(request(otlp_span(1)) + "\n")
    report = run_json("doctor", tmp_path)
    assert [file["spans"] for file in report["files"]] == [1]
    assert report["files"][0]["path"].endswith("name-\\xff.jsonl")


@pytest.mark.parametrize("command", [("show", "--span"), ("spans", "--span"), ("spans", "--trace")])
def test_an_id_that_is_no_unicode_is_not_found_and_no_crash(run, two_agents, command):
    name, option = command
    done = run(name, two_agents, option, "\udcff")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no " in done.stderr


@pytest.mark.parametrize("path", ["~nobody-has-this-home/x", "x" * 300, "nul\0byte"])
def test_a_path_that_cannot_be_is_refused_with_words(run, path):
    done = run("summary", path)
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("tracetui: ")


def test_a_directory_that_may_not_be_read_is_named_among_the_files(run_json, tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text(request(otlp_span(1)) + "\n")
    shut = tmp_path / "shut"
    shut.mkdir()
    walk = os.walk

    def walk_but_not_into_shut(top, onerror):
        # Root may read everything, and tests may run as root.
        onerror(PermissionError(13, "Permission denied", str(shut)))
        return walk(top)

    monkeypatch.setattr(os, "walk", walk_but_not_into_shut)
    files = run_json("doctor", tmp_path)["files"]
    assert [file["path"] for file in files] == [str(tmp_path / "a.jsonl"), str(shut)]
    assert files[1]["problems"][0]["kind"] == "failed"


def test_what_cannot_be_stored_ends_with_words_and_an_exit_code(run, two_agents, monkeypatch):
    def refuse(*_, **__):
        raise duckdb.IOException("Could not write file: No space left on device")

    monkeypatch.setattr("tracetui_store.store.settle", refuse)
    done = run("summary", two_agents)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "the disk is full" in done.stderr
    assert "No space left" not in done.stderr
    assert "TMPDIR" in done.stderr


def test_no_temporary_directory_ends_with_words_and_an_exit_code(run, two_agents, monkeypatch):
    def refuse(**_):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    done = run("summary", two_agents)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "TMPDIR" in done.stderr


def test_a_trace_without_a_start_has_no_duration(run_json, tmp_path):
    span = json.loads(request(otlp_span(1)))
    del span["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["startTimeUnixNano"]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(span) + "\n")
    (trace,) = run_json("traces", path)
    assert trace["duration_nano"] is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_ended_leaves_no_data_behind(tmp_path, number):
    pipe, place = tmp_path / "pipe", tmp_path / "place"
    os.mkfifo(pipe)
    place.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "tracetui", "summary", str(pipe)],
        env={**os.environ, "TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        # Whatever started the tests may ignore the signal, as nohup does.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - no threads
    ) as process:
        deadline = time.monotonic() + 120
        while not list(place.glob("*/traces.duckdb")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(number)
        try:
            _, said = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 128 + number
    assert said == b""
    assert list(place.iterdir()) == []
