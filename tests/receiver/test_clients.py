"""Real clients send to a real `tracetui receive`: every span arrives."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from otlp_files import agent_trace, request
from receiver.conftest import PATIENCE, post, run, run_client, serving, span_ids_of
from receiver.model_server import ANSWER, model_server

CLIENTS = Path(__file__).parent / "clients"


def test_the_sdk_sends_every_span_over_http_as_protobuf(receiving):
    sent = run_client("sdk", "http", OTEL_EXPORTER_OTLP_ENDPOINT=receiving.url)
    assert len(sent) == 240
    arrived = [found for found in span_ids_of(receiving.record) if found in set(sent)]
    assert sorted(arrived) == sorted(sent)


def test_the_sdk_sends_every_span_over_grpc_compressed(receiving):
    sent = run_client(
        "sdk",
        "grpc",
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{receiving.ports['gRPC']}",
        OTEL_EXPORTER_OTLP_COMPRESSION="gzip",
    )
    arrived = [found for found in span_ids_of(receiving.record) if found in set(sent)]
    assert sorted(arrived) == sorted(sent)


def test_json_as_the_specification_writes_it_arrives(receiving):
    # Python's SDK has no JSON exporter; JavaScript's sends this.
    spans = agent_trace(77)
    answer = post(receiving.ports["HTTP"], json.dumps(json.loads(request(*spans)), indent=2))
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["content-type"] == "application/json"
    sent = {span["spanId"] for span in spans}
    assert sent <= set(span_ids_of(receiving.record))


@pytest.mark.parametrize("instrumentation", ["openinference", "openllmetry"])
def test_instrumentations_of_openai_send_every_call_with_what_was_said(receiving, instrumentation):
    with serving(model_server()) as url:
        sent = run_client(
            "openai_calls", instrumentation, url, OTEL_EXPORTER_OTLP_ENDPOINT=receiving.url
        )
    assert len(sent) == 2
    assert set(sent) <= set(span_ids_of(receiving.record))
    shown = run("show", receiving.record, "--span", sent[0])
    assert ANSWER in shown
    assert "Is it raining?" in shown


@pytest.mark.skipif(
    not os.environ.get("TRACETUI_NPM_TESTS"),
    reason="set TRACETUI_NPM_TESTS=1: installs packages from npm, which takes a minute",
)
def test_the_vercel_ai_sdk_sends_every_span(receiving, tmp_path):
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("there is no npm")
    for name in ("package.json", "vercel.mjs"):
        shutil.copy(CLIENTS / name, tmp_path)
    installed = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"npm could not install: {installed.stderr[-300:]}")
    with serving(model_server()) as url:
        done = subprocess.run(
            ["node", "vercel.mjs", url],
            cwd=tmp_path,
            env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": receiving.url},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    sent = json.loads(done.stdout.splitlines()[-1])
    assert len(sent) >= 2
    assert set(sent) <= set(span_ids_of(receiving.record))
