import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace

import pytest
from tracetui import cli
from tracetui.receiver.options import Options
from tracetui.receiver.receiver import Receiver
from typer.testing import CliRunner

PROGRAM = (sys.executable, "-m", "tracetui")
PATIENCE = 120


class Program:
    """A `tracetui receive` of its own, without a terminal."""

    def __init__(self, record, *arguments):
        self.record = record
        self._process = subprocess.Popen(
            [*PROGRAM, "receive", "--http-port", "0", "--record", str(record), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = [self._process.stderr.readline(), self._process.stderr.readline()]
        ports = re.findall(r":(\d+) \((HTTP|gRPC)\)", self.said[0])
        assert ports, self.said[0] + self._process.stderr.read()
        self.ports = {name: int(port) for port, name in ports}
        self.url = f"http://127.0.0.1:{self.ports['HTTP']}"

    def stop(self, number=2):
        """Return standard output, standard error and the exit code."""
        self._process.send_signal(number)
        out, err = self._process.communicate(timeout=PATIENCE)
        return out, "".join(self.said) + err, self._process.returncode

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


@contextmanager
def program(record, *arguments):
    started = Program(record, *arguments)
    try:
        yield started
    finally:
        started.kill()


@pytest.fixture(scope="module")
def receiving(tmp_path_factory):
    """One receiver for the tests of a module; they tell their spans by ids."""
    record = tmp_path_factory.mktemp("received") / "record.jsonl"
    with program(record, "--grpc-port", "0") as started:
        yield started


@contextmanager
def in_process(tmp_path, limits=None, **options):
    """A receiver in this process, where limits can be small."""
    options = {"http_port": 0, "grpc_port": None, **options}
    receiver = Receiver(Options(record=str(tmp_path / "record.jsonl"), **options), limits)
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def post(port, body, headers=None, *, path="/v1/traces", method="POST"):
    """Send one request; return its status, headers and body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Content-Type": "application/json", **(headers or {})}
    try:
        chunked = "Transfer-Encoding" in headers
        connection.request(method, path, body, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        return SimpleNamespace(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            body=answer.read(),
        )
    finally:
        connection.close()


def run(*arguments):
    """Return what a command prints about a record that may still be written."""
    result = CliRunner().invoke(cli.app, [*map(str, arguments), "--no-cache"])
    assert result.exit_code == 0, result.output
    return result.stdout


def span_ids_of(record):
    """Return the ids that `tracetui spans` finds in a record, in its order."""
    return [json.loads(line)["span_id"] for line in run("spans", record, "--json").splitlines()]


def run_client(name, *arguments, **variables):
    """Run a script of `clients/`; return the ids of the spans that it sent."""
    script = Path(__file__).parent / "clients" / f"{name}.py"
    done = subprocess.run(
        [sys.executable, script, *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
