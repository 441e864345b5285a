import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
from otlp_files import agent_trace, otlp_span, request, write

PROGRAM = (sys.executable, "-m", "tracetui")


def test_open_without_a_terminal_prints_summary_and_tree(program, two_agents):
    done = program("open", two_agents)
    text = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "model calls" in text
    assert text.count("execute_tool book_room") == 2


def test_open_bounds_what_it_prints_and_says_so(program, tmp_path):
    wide = [otlp_span(1), *(otlp_span(n, 1) for n in range(2, 1_181))]
    many = [otlp_span(5_000 + n, trace=1 + n, start=-n) for n in range(1, 25)]
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


def test_an_unreadable_file_ends_with_3_and_no_traceback(program, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n")
    done = program("summary", path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"notes.txt" in done.stderr
    assert b"Traceback" not in done.stderr


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
    assert writer.wait(timeout=180) == 0


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
    out, err = running.communicate(timeout=180)
    os.close(writer)
    assert (running.returncode, out, err) == (130, b"", b"")


def _is_drained(pipe):
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
    assert running.wait(timeout=180) == 0
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


def test_data_from_a_pipe_leaves_the_keyboard_to_the_app(two_agents):
    reader, writer = os.pipe()
    child, leader = pty.fork()
    if child == 0:  # the pseudo-terminal is this process's controlling terminal
        os.dup2(reader, 0)
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [*PROGRAM, "open", "-"])
    os.close(reader)
    fcntl.ioctl(leader, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
    os.write(writer, two_agents.read_bytes())
    os.close(writer)
    seen = _read_until(leader, b"invoke_agent")
    assert b"invoke_agent" in seen
    os.write(leader, b"\x11")  # ctrl+q
    _read_until(leader, None)
    os.close(leader)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def _read_until(terminal, wanted, seconds=120):
    """Return what the program draws, up to `wanted` or, with None, up to its end."""
    received = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and (wanted is None or wanted not in received):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                received += os.read(terminal, 65_536)
            except OSError:
                break
    return received
