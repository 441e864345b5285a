import os
import pty
import signal
import subprocess
import sys
import time

import pytest
from otlp_files import agent_trace, otlp_span, request, write

PROGRAM = (sys.executable, "-m", "tracetui")
HOSTILE = "[/red]\x1b[2J\x9b31m\u202egnp.exe\r\x07\x7f"


def test_open_without_a_terminal_prints_summary_and_tree(program, two_agents):
    done = program("open", two_agents)
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "model calls" in text
    assert text.count("execute_tool book_room") == 2


def test_open_bounds_what_it_prints_and_says_so(program, tmp_path):
    wide = [otlp_span(1), *(otlp_span(n, 1) for n in range(2, 1_181))]
    many = [otlp_span(5_000 + n, trace=1 + n, start=n) for n in range(1, 25)]
    text = program("open", write(tmp_path / "a.json", *wide, *many)).stdout.decode()
    assert "… 980 more spans: tracetui show" in text
    assert "… 5 more traces" in text
    assert text.count("\n") < 500


def test_a_path_alone_is_opened(program, two_agents):
    assert program(two_agents).stdout == program("open", two_agents).stdout


def test_standard_input_is_read_from_a_pipe(program, two_agents):
    done = program("summary", "-", input=two_agents.read_bytes())
    assert done.returncode == 0
    assert done.stdout == program("summary", two_agents).stdout


@pytest.mark.parametrize("command", ["open", "summary", "traces", "show", "spans", "errors"])
def test_an_unreadable_path_exits_with_3_and_a_message(program, tmp_path, command):
    text = tmp_path / "notes.txt"
    text.write_text("shopping list\n")
    for path in (tmp_path / "absent.jsonl", text):
        done = program(command, path)
        assert done.returncode == 3
        assert done.stdout == b""
        assert path.name in done.stderr.decode()
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["open", "summary", "traces", "show", "spans", "doctor", "errors"]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_text_reaches_the_terminal_harmless(program, tmp_path, command, as_json):
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
    done = program(command, path, *options)
    assert done.returncode == 0
    text = done.stdout.decode()
    assert text
    unsafe = {char for char in text if ord(char) < 32 or 127 <= ord(char) < 160} - {"\n"}
    assert unsafe == set()
    assert "\u202e" not in text


def test_messages_about_hostile_paths_are_harmless(program):
    done = program("summary", "/no/such/\x1b[2J")
    assert done.returncode == 3
    assert b"\x1b" not in done.stderr


def test_a_reader_that_has_enough_ends_the_program_quietly(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(request(*agent_trace(n)) + "\n" for n in range(1, 1_500)))
    writer = subprocess.Popen(
        [*PROGRAM, "spans", str(path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    writer.stdout.readline()
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    assert writer.wait(timeout=60) == 0


def test_an_interrupt_ends_the_program_quietly_with_130():
    reader, writer = os.pipe()
    running = subprocess.Popen(
        [*PROGRAM, "summary", "-"], stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    os.close(reader)
    os.write(writer, (request(*agent_trace()) + "\n").encode() * 20)
    # The pipe is drained once the program is reading; only then is it interrupted.
    while not _is_drained(writer):
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    os.close(writer)
    assert (running.returncode, out, err) == (130, b"", b"")


def _is_drained(pipe):
    import fcntl
    import struct
    import termios

    (waiting,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
    return waiting == 0


def test_a_dumb_terminal_gets_text(two_agents):
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "dumb"}
    running = subprocess.Popen(
        [*PROGRAM, "open", str(two_agents)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment,
    )
    os.close(follower)
    received = b""
    try:
        while piece := os.read(leader, 65_536):
            received += piece
    except OSError:
        pass  # how a pseudo-terminal says that nobody is left
    os.close(leader)
    assert running.wait(timeout=60) == 0
    assert "execute_tool book_room" in received.decode()
    assert b"\x1b" not in received


def test_demo_opens_the_samples(program):
    done = program("demo")
    if b"no sample traces" in done.stderr:
        pytest.skip("no sample traces here")
    assert done.returncode == 0
    assert b"traces" in done.stdout
    missing = program("demo", "no-such-sample")
    assert missing.returncode == 2
    assert b"there are:" in missing.stderr
