"""Every field that the convention vectors expect, from the normaliser and through the program."""

import json

import pytest
from loaders.otlp_encoding import json_lines, logs_request, protobuf, trace_request
from loaders.vectors import load_vectors
from tracetui import cli
from tracetui_loaders.folding import FIELDS
from tracetui_loaders.normalise import normalise, resource_fields
from typer.testing import CliRunner

VECTORS = load_vectors()
ELSEWHERE = {*FIELDS, "links", "pending_of", "real_parent"}
"""Fields that the normaliser does not make: folded when a span is opened, counted, or settled."""
FROM_LOGS = {"67-claude-code-llm-request": {"cost_given_usd"}}
"""Fields that only a log record of the vector says."""


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_every_scalar_field_is_as_the_vector_expects(vector):
    span = vector.input["span"]
    fields = normalise(
        span["name"],
        vector.input["scope"]["name"],
        span["attributes"],
        [(event["name"], event["time_ns"], event["attributes"]) for event in span["events"]],
        status=span["status"]["code"],
        status_message=span["status"].get("message"),
        start_time_unix_nano=span["start_ns"],
        inherited=resource_fields(vector.input["resource"]),
    )
    elsewhere = ELSEWHERE | FROM_LOGS.get(vector.id, set())
    expected = {key: value for key, value in vector.expected.items() if key not in elsewhere}
    assert expected
    assert {key: fields.get(key) for key in expected} == expected


@pytest.mark.parametrize("encode", [json_lines, protobuf])
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_the_program_prints_every_expected_field(vector, encode, tmp_path):
    requests = [trace_request(vector.input), logs_request(vector.input)]
    path = tmp_path / "vector"
    path.write_bytes(encode(*filter(None, requests)))
    result = CliRunner().invoke(cli.app, ["spans", str(path), "--payloads", "--json"])
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    printed = json.loads(line)
    assert vector.expected.keys() <= printed.keys()
    assert {key: printed[key] for key in vector.expected} == vector.expected
