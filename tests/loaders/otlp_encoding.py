"""Encodes a convention vector as OTLP, in JSON and in protobuf."""

import json

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

STATUS_CODES = {"UNSET": 0, "OK": 1, "ERROR": 2}


def any_value(value):
    """Return the JSON encoding of an `AnyValue`."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    return {"kvlistValue": {"values": key_values(value)}}


def key_values(values):
    """Return attributes as a list of `KeyValue`s."""
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def _scope(vector):
    sent = vector["scope"]
    return {name: sent[name] for name in ("name", "version") if sent.get(name)}


def trace_request(vector):
    """Return the request that holds a vector's span, as a dict."""
    sent = vector["span"]
    span = {
        "traceId": sent["trace_id"],
        "spanId": sent["span_id"],
        "parentSpanId": sent["parent_span_id"] or "",
        "name": sent["name"],
        "kind": "SPAN_KIND_" + sent["kind"],
        "startTimeUnixNano": str(sent["start_ns"]),
        "endTimeUnixNano": str(sent["end_ns"] or 0),
        "status": {
            "code": STATUS_CODES[sent["status"]["code"]],
            "message": sent["status"].get("message") or "",
        },
        "attributes": key_values(sent["attributes"]),
        "events": [
            {
                "name": event["name"],
                "timeUnixNano": str(event["time_ns"]),
                "attributes": key_values(event["attributes"]),
            }
            for event in sent["events"]
        ],
        "links": [
            {
                "traceId": link["trace_id"],
                "spanId": link["span_id"],
                "attributes": key_values(link.get("attributes", {})),
            }
            for link in sent["links"]
        ],
    }
    resource = {"attributes": key_values(vector["resource"])}
    scope_spans = [{"scope": _scope(vector), "spans": [span]}]
    return {"resourceSpans": [{"resource": resource, "scopeSpans": scope_spans}]}


def logs_request(vector):
    """Return the request that holds a vector's log records, or None if it has none."""
    if not vector.get("logs"):
        return None
    span = vector["span"]
    records = [
        {
            "traceId": span["trace_id"],
            "spanId": span["span_id"],
            "timeUnixNano": str(span["start_ns"]),
            "eventName": log["event_name"],
            "body": any_value(log.get("body")),
            "attributes": key_values(log["attributes"]),
        }
        for log in vector["logs"]
    ]
    resource = {"attributes": key_values(vector["resource"])}
    scope_logs = [{"scope": _scope(vector), "logRecords": records}]
    return {"resourceLogs": [{"resource": resource, "scopeLogs": scope_logs}]}


def _with_id_bytes(value):
    """Return `value` with hex ids as protobuf's JSON mapping has them: base64."""
    from base64 import b64encode

    if isinstance(value, list):
        return [_with_id_bytes(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: b64encode(bytes.fromhex(item)).decode()
        if key in ("traceId", "spanId", "parentSpanId")
        else _with_id_bytes(item)
        for key, item in value.items()
    }


def message(request):
    """Return a request, given as a dict with hex ids, as a protobuf message."""
    kind = ExportTraceServiceRequest if "resourceSpans" in request else ExportLogsServiceRequest
    return json_format.ParseDict(_with_id_bytes(request), kind())


def protobuf(*requests):
    """Return requests as protobuf: one alone, several each with four bytes of length."""
    frames = [message(request).SerializeToString() for request in requests]
    if len(frames) == 1:
        return frames[0]
    return b"".join(len(frame).to_bytes(4, "big") + frame for frame in frames)


def json_lines(*requests):
    """Return requests as JSON lines."""
    return "".join(json.dumps(request) + "\n" for request in requests).encode()
