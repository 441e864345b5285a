"""Sessions at a terminal, through the installed program."""

import base64
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest
from end_to_end.terminal import PATIENCE, Terminal, environment, program
from shared_data import REPOSITORY

ENTER, ESCAPE, CTRL_R, CTRL_Q = "\r", "\x1b", "\x12", "\x11"

COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
"""The clipboard's sequence, whole."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tool-agent", "support-day"):
        shutil.copy(REPOSITORY / "sample_traces" / f"{name}.otlp.jsonl", tmp_path)
    return tmp_path


def test_from_a_file_to_the_error_and_its_copy_and_out(folder: Path):
    with Terminal("open", "tool-agent.otlp.jsonl", cwd=folder) as terminal:
        terminal.shows("1 trace", "13 spans", "invoke_agent rebook")
        terminal.press(ENTER)
        terminal.shows("execute_tool search_flights", "13 rows", "Overview")
        terminal.press("j")
        terminal.shows("first token")
        terminal.press("k", " ")
        terminal.shows("1 of 13 rows", "+12")
        terminal.press(" ")
        terminal.shows("13 rows", "get_fare_rules")
        terminal.press("e")
        terminal.shows("execute_tool get_seat_map", "httpx.ReadTimeout")
        terminal.press("y")
        terminal.until(lambda: COPIED.search(terminal.output) is not None)
        copied = COPIED.search(terminal.output)
        assert copied is not None
        assert base64.b64decode(copied[1]).decode().startswith("## execute_tool get_seat_map")
        terminal.search("fare")
        terminal.shows("1 match")
        terminal.press(ENTER)
        terminal.hides("1 match")
        terminal.press(ENTER)
        terminal.shows("wrap", "raw")
        terminal.press("q")
        terminal.shows("traces per second", "open")
        terminal.press("q")
        assert terminal.leave() == 0
        terminal.is_restored()


def test_the_details_of_a_call_are_read_tab_by_tab(folder: Path):
    with Terminal("tool-agent.otlp.jsonl", cwd=folder, size=(100, 40)) as terminal:
        terminal.shows("invoke_agent rebook")
        terminal.press(ENTER)
        terminal.shows("Overview")
        terminal.press("j", ENTER)
        terminal.shows("first token", "wrap")
        for word in ("user", "assistant", "gen_ai.request.model"):
            while word not in terminal.screen:
                before = terminal.screen
                terminal.press("l")
                terminal.until(lambda before=before: terminal._text() != before)
        terminal.press(CTRL_Q)
        assert terminal.leave() == 0


def test_report_and_help_open_and_close(folder: Path):
    with Terminal("support-day.otlp.jsonl", cwd=folder, size=(80, 24)) as terminal:
        terminal.shows("38 traces", "✗ 9 errors")
        terminal.press(CTRL_R)
        terminal.shows("ingest report", "41 ok")
        terminal.press(ESCAPE)
        terminal.shows("38 traces", "started")
        terminal.press("?")
        terminal.shows("Keys", "Esc closes")
        terminal.press(ESCAPE)
        terminal.hides("Esc closes")
        terminal.search("refund")
        terminal.shows("matches", "/refund")
        terminal.press(ENTER)
        terminal.hides("matches")
        terminal.press(ENTER)
        terminal.shows("refund-agent", "Overview")
        terminal.press(CTRL_Q)
        assert terminal.leave() == 0
        terminal.is_restored()


def test_the_screen_follows_a_resize(folder: Path):
    with Terminal("tool-agent.otlp.jsonl", cwd=folder, size=(80, 24)) as terminal:
        terminal.shows("invoke_agent rebook")
        terminal.press(ENTER)
        terminal.shows("Overview")
        assert "cost" not in terminal.screen
        terminal.resize((160, 45))
        terminal.shows("cost", "Overview", "invoke_agent rebook")
        terminal.resize((40, 12))
        terminal.hides("cost")
        terminal.shows("rebook")
        terminal.press("j", CTRL_Q)
        assert terminal.leave() == 0


def test_data_comes_from_a_pipe_and_keys_from_the_terminal(folder: Path):
    data = (folder / "tool-agent.otlp.jsonl").read_bytes()
    with Terminal("open", "-", stdin=data, cwd=folder) as terminal:
        terminal.shows("standard input", "13 spans")
        terminal.press(ENTER)
        terminal.shows("13 rows")
        terminal.press("q")
        terminal.shows("standard input")
        terminal.press("q")
        assert terminal.leave() == 0
        terminal.is_restored()


def test_without_a_terminal_it_prints_plain_text(folder: Path):
    done = subprocess.run(
        [*program(), "open", "tool-agent.otlp.jsonl"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=environment(),
        timeout=PATIENCE,
        check=True,
    )
    assert b"\x1b" not in done.stdout
    assert "execute_tool get_fare_rules" in done.stdout.decode()
    assert done.stderr == b""


def test_a_file_that_is_not_there_ends_with_words_and_a_plain_terminal(folder: Path):
    with Terminal("open", "absent.jsonl", cwd=folder) as terminal:
        assert terminal.leave() == 3
        terminal.shows("absent.jsonl")
        assert b"\x1b" not in terminal.output


def test_a_terminated_program_leaves_the_terminal_as_it_was(folder: Path):
    with Terminal("tool-agent.otlp.jsonl", cwd=folder) as terminal:
        terminal.shows("invoke_agent rebook")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.leave() == 128 + signal.SIGTERM
        terminal.is_restored()


def test_quitting_does_not_wait_for_a_pipe_that_stays_silent(folder: Path):
    os.mkfifo(folder / "silent")
    with Terminal("silent", cwd=folder, variables={"TMPDIR": str(folder)}) as terminal:
        terminal.shows("loading")
        terminal.press("q")
        assert terminal.leave() == 0
        terminal.is_restored()
    assert not list(folder.glob("tracetui-*"))


def test_a_terminal_that_goes_away_ends_the_program_and_its_data(folder: Path):
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    with subprocess.Popen(
        [*program(), "tool-agent.otlp.jsonl"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=take_terminal,  # noqa: PLW1509 - two system calls, no Python lock
        env=environment(TMPDIR=str(folder)),
        cwd=folder,
    ) as process:
        os.close(slave)
        seen, deadline = b"", time.monotonic() + PATIENCE
        while b"rebook" not in seen:
            assert time.monotonic() < deadline
            if select.select([master], [], [], 1)[0]:
                seen += os.read(master, 65_536)
        os.close(master)
        assert process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert not list(folder.glob("tracetui-*"))


def test_a_question_in_sql_leads_to_its_span_and_a_search_to_the_words(folder: Path):
    with Terminal("support-day.otlp.jsonl", cwd=folder, size=(120, 36)) as terminal:
        terminal.shows("38 traces")
        terminal.press(";")
        terminal.shows("What each model cost", "only reads")
        terminal.press(*"COPY spans TO 'x'", ENTER)
        terminal.shows("the console only reads")
        terminal.press("\x05", "\x15")
        terminal.shows("What each model cost")
        terminal.press(*"SELECT trace_id FROM traces WHERE error_count = 3", ENTER)
        terminal.shows("1 row", "trace_id")
        terminal.press(ENTER)
        terminal.shows("advice-agent.agent", "Overview")
        terminal.press(ESCAPE)
        terminal.shows("1 row")
        terminal.press("q")
        terminal.shows("38 traces", "traces per")
        terminal.search("RF-1932")
        terminal.shows("0 matches   ctrl+g all text")
        terminal.press("\x07")
        terminal.shows("hits in 1 trace", "RF-1932")
        terminal.press(ENTER)
        terminal.shows("Overview", "RF-1932", "execute_tool create_refund")
        terminal.press(CTRL_Q)
        assert terminal.leave() == 0
        terminal.is_restored()
    assert not (folder / "x").exists()
