"""What was accepted is in the record: rotated, opened again, in the app, after a crash."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading

from otlp_files import agent_trace, request
from receiver.conftest import PATIENCE, PROGRAM, in_process, post, program, span_ids_of
from tracetui.app import TraceTuiApp
from tracetui.receiver.options import Options
from tracetui.receiver.process import ReceiverProcess
from tui.settle import screen_text, until


def test_a_rotated_record_is_read_whole_and_in_its_parts(tmp_path):
    with in_process(tmp_path, rotate_bytes=10_000) as receiver:
        for number in range(1, 41):
            assert post(receiver.http_port, request(*agent_trace(number))).status == 200
    parts = sorted(tmp_path.iterdir())
    assert len(parts) > 3
    assert all(part.stat().st_size <= 10_000 for part in parts)
    assert {stat.S_IMODE(part.stat().st_mode) for part in parts} == {0o600}
    sent = [span["spanId"] for number in range(1, 41) for span in agent_trace(number)]
    assert sorted(span_ids_of(tmp_path / "record.jsonl")) == sorted(sent)


def test_a_record_goes_on_behind_a_line_that_a_crash_cut_off(tmp_path):
    record = tmp_path / "record.jsonl"
    record.write_text(request(*agent_trace(1)) + "\n" + request(*agent_trace(2))[:100])
    with in_process(tmp_path) as receiver:
        assert post(receiver.http_port, request(*agent_trace(3))).status == 200
    found = set(span_ids_of(record))
    assert {span["spanId"] for trace in (1, 3) for span in agent_trace(trace)} <= found


async def test_the_app_waits_for_spans_and_shows_them_as_they_come_through_rotations(tmp_path):
    options = Options(
        str(tmp_path / "record.jsonl"), http_port=0, grpc_port=None, rotate_bytes=20_000
    )
    receiver = ReceiverProcess(options)
    try:
        app = TraceTuiApp([options.record], title=receiver.title, follow=True, reception=receiver)
        async with app.run_test(size=(120, 30), notifications=True) as pilot:
            await until(pilot, lambda: "Waiting for spans" in screen_text(pilot))
            assert f"OTLP_ENDPOINT=http://127.0.0.1:{receiver.http_port}" in screen_text(pilot)

            def send():
                for number in range(1, 61):
                    assert post(receiver.http_port, request(*agent_trace(number))).status == 200
                post(receiver.http_port, b"{")

            sending = threading.Thread(target=send)
            sending.start()
            await until(pilot, lambda: "60 traces" in screen_text(pilot))
            await until(pilot, lambda: "1 refused" in screen_text(pilot))
            sending.join()
            await until(pilot, lambda: "180 spans" in screen_text(pilot))
            await pilot.press("ctrl+r")
            await until(pilot, lambda: "1 request malformed" in screen_text(pilot))
            assert "size      0 B" not in screen_text(pilot)
            assert "180 spans, 0 log records, 0 data points in 60 requests" in screen_text(pilot)
            os.kill(receiver._process.pid, signal.SIGKILL)
            await until(pilot, lambda: "ended unexpectedly" in screen_text(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: "receives no more" in screen_text(pilot))
    finally:
        receiver.stop()
    assert len(list(tmp_path.iterdir())) > 2


def test_what_was_answered_is_there_after_the_receiver_was_killed(tmp_path):
    record = tmp_path / "r.jsonl"
    with program(record, "--no-grpc") as started:
        for number in range(1, 6):
            assert post(started.ports["HTTP"], request(*agent_trace(number))).status == 200
        started.kill()
    assert len(record.read_bytes().splitlines()) == 5
    # The next one takes the same record: nothing holds it any more.
    with program(record, "--no-grpc") as started:
        assert post(started.ports["HTTP"], request(*agent_trace(6))).status == 200
        # Another one does not.
        refused = receive("--http-port", "0", "--no-grpc", "--record", str(record))
        assert (refused.returncode, "another receiver records" in refused.stderr) == (3, True)
        taken = receive("--http-port", str(started.ports["HTTP"]))
        assert (taken.returncode, taken.stdout) == (3, "")
        assert f"port {started.ports['HTTP']}" in taken.stderr
        assert "--http-port" in taken.stderr
        taken = receive("--http-port", "0", "--grpc-port", str(started.ports["HTTP"]))
        assert (taken.returncode, "--no-grpc" in taken.stderr) == (3, True)
        assert "Traceback" not in refused.stderr + taken.stderr
        assert started.stop(signal.SIGTERM)[2] == 0
    assert len(record.read_bytes().splitlines()) == 6


def receive(*arguments):
    return subprocess.run(
        [*PROGRAM, "receive", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_without_a_record_nothing_is_left_behind(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [*PROGRAM, "receive", "--http-port", "0", "--no-grpc", "--token", "secret"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "receiving on" in process.stderr.readline()
    assert "nothing is kept" in process.stderr.readline()
    (directory,) = tmp_path.iterdir()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert 'export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20secret"' in out
    assert not list(tmp_path.iterdir())


def test_a_receiver_ends_with_the_program_that_started_it(tmp_path):
    options = Options(str(tmp_path / "record.jsonl"), http_port=0, grpc_port=None)
    start = (
        "import os, sys, msgspec\n"
        "from tracetui.receiver.options import Options\n"
        "from tracetui.receiver.process import ReceiverProcess\n"
        "found = ReceiverProcess(msgspec.json.decode(sys.argv[1], type=Options))\n"
        "print(found._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            start,
            json.dumps({"record": options.record, "http_port": 0, "grpc_port": None}),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    pid = int(done.stdout)
    ended = threading.Event()

    def gone():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # Nobody waits for it in a container without an init: then it stays as a zombie.
        return " Z " in subprocess.run(
            ["ps", "-o", " stat= ", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout.replace("Z", " Z ")

    for _ in range(PATIENCE * 20):
        if gone():
            ended.set()
            break
        ended.wait(0.05)
    assert ended.is_set()


def test_other_machines_may_send_only_where_that_was_asked_for():
    refused = receive("--host", "0.0.0.0")
    assert (refused.returncode, "--allow-remote" in refused.stderr) == (2, True)
