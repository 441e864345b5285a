"""Zipkin v2 JSON: arrays of spans, arrays of such arrays, or one span a line.

Times and durations are microseconds, tags are text, annotations are events, a tag `error` means
that the span failed. **Client and server share one span id** in most systems: the server's half
becomes a span of its own, the child of the client's, and what the server's service did under the
shared id becomes the child of the server's half (as Zipkin's own UI attaches it). Halves may
stand apart in the file, so spans are completed when it ends. The duration may be missing.

Source: openzipkin `zipkin-api/zipkin2-api.yaml`, zipkin-lens `span-node.ts`; OpenTelemetry
specification, "Zipkin" (tags that stand for status and scope); FORMATS §5.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import RawSpan
from tracetui_loaders.collected import At, Row, at, load_collected
from tracetui_loaders.json_values import Place
from tracetui_loaders.loose import first_string, string
from tracetui_loaders.normalise import RawEvent
from tracetui_loaders.otlp.enums import span_kind
from tracetui_loaders.source import Source
from tracetui_loaders.span_objects import MICROSECOND, after, micros, padded_id, status_code
from tracetui_loaders.vendor_values import is_id, known, mapping, objects

_IDS = frozenset({"traceId", "id"})
_TELLING = frozenset({"localEndpoint", "remoteEndpoint", "timestamp", "annotations"})
# The console exporter of OpenTelemetry JS has traceId, id and timestamp too.
_FOREIGN = frozenset({"attributes", "status", "spanId", "spanID"})
_ENDPOINTS = (
    ("localEndpoint", "network.local.address", "network.local.port"),
    ("remoteEndpoint", "network.peer.address", "network.peer.port"),
)

_Key = tuple[str, str]
"""Trace and span id, as text."""


class ZipkinLoader:
    """Loads traces saved from Zipkin's UI or API."""

    name: ClassVar[str] = "zipkin"
    title: ClassVar[str] = "Zipkin v2 JSON"

    def sniff(self, head: Head) -> float:
        """Return how surely the first values are spans of Zipkin, by their keys."""
        for keys in head.keys:
            if keys >= _IDS and keys & _TELLING and not keys & _FOREIGN:
                return 0.95 if "localEndpoint" in keys else 0.7
        return 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield all spans when the file has been read: the other half may come at its end."""
        yield from load_collected(source, source_id, _Spans(), self.title)


class _Spans:
    """Keeps spans until it is known which ids are shared."""

    def __init__(self) -> None:
        self._spans: list[tuple[dict[str, Any], At]] = []

    def take(self, value: Any, place: Place) -> bool:
        """Keep a span."""
        if not isinstance(value, dict) or not (
            is_id(value.get("traceId")) and is_id(value.get("id"))
        ):
            return False
        self._spans.append((value, at(place)))
        place.added += 1
        return True

    def rows(self) -> Iterable[Row]:
        """Yield the spans in file order, the halves of a shared id told apart."""
        servers = self._shared()
        for span, where in self._spans:
            yield Row(
                _raw(span, servers), where, _resource(span), *_scope(mapping(span.get("tags")))
            )

    def notes(self) -> Iterable[tuple[str, At | None]]:
        """Return nothing: no span is changed but in its id."""
        return ()

    def _shared(self) -> dict[_Key, str | None]:
        """Return the ids that a server shares with its client, with the server's service.

        Not every tracer sets `shared`: that another span has the id tells as much.
        """
        others: set[_Key] = set()
        servers: dict[_Key, str | None] = {}
        for span, _ in self._spans:
            key = _key(span, span["id"])
            if span.get("kind") == "SERVER":
                servers[key] = _service(span)
            else:
                others.add(key)
        return {key: service for key, service in servers.items() if key in others}


def _key(span: Mapping[str, Any], span_id: Any) -> _Key:
    return str(span["traceId"]), str(span_id)


def _service(span: Mapping[str, Any]) -> str | None:
    return string(mapping(span.get("localEndpoint")).get("serviceName"))


def _ids(span: Mapping[str, Any], servers: Mapping[_Key, str | None]) -> tuple[Any, Any]:
    """Return the span's id and its parent's, with a server's half under an id of its own."""
    span_id, parent = padded_id(span["id"]), padded_id(span.get("parentId"))
    if span.get("kind") == "SERVER" and _key(span, span["id"]) in servers:
        return _server_id(span_id), span_id
    if parent is not None:
        above = _key(span, span["parentId"])
        if above in servers and servers[above] == _service(span):
            parent = _server_id(parent)
    return span_id, parent


def _server_id(span_id: Any) -> str:
    return f"{span_id}:server"


def _raw(span: Mapping[str, Any], servers: Mapping[_Key, str | None]) -> RawSpan:
    tags = mapping(span.get("tags"))
    start = micros(span.get("timestamp"))
    span_id, parent = _ids(span, servers)
    code, message = _status(tags)
    return RawSpan(
        trace_id=padded_id(span["traceId"]),
        span_id=span_id,
        parent_span_id=parent,
        name=string(span.get("name")) or "",
        otel_kind=span_kind(span.get("kind")),
        start_time_unix_nano=start,
        end_time_unix_nano=after(start, span.get("duration"), MICROSECOND),
        status=code,
        status_message=message,
        attributes=_peers(span) | tags,
        events=[_event(item) for item in objects(span.get("annotations"))],
        extra={name: span[name] for name in ("shared", "debug") if span.get(name)} or None,
    )


def _status(tags: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the status: whatever the tag `error` holds, being there it means failure."""
    code = status_code(tags.get("otel.status_code"))
    error = tags.get("error")
    failed = error is not None and error not in (False, "false")
    message = string(tags.get("otel.status_description"))
    if message is None and failed and error != "true":
        message = string(error)
    return ("ERROR" if failed and code == "UNSET" else code), message


def _peers(span: Mapping[str, Any]) -> dict[str, Any]:
    """Return the endpoints as OpenTelemetry names them."""
    found: dict[str, Any] = {}
    for name, address, port in _ENDPOINTS:
        endpoint = mapping(span.get(name))
        found[address] = first_string(endpoint, ("ipv4", "ipv6"))
        found[port] = endpoint.get("port")
    found["peer.service"] = string(mapping(span.get("remoteEndpoint")).get("serviceName"))
    return known(found)


def _event(annotation: Mapping[str, Any]) -> RawEvent:
    value = annotation.get("value")
    return string(value) or "", micros(annotation.get("timestamp")), {}


def _resource(span: Mapping[str, Any]) -> dict[str, Any]:
    service = _service(span)
    return {"service.name": service} if service else {}


def _scope(tags: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return (
        first_string(tags, ("otel.scope.name", "otel.library.name")),
        first_string(tags, ("otel.scope.version", "otel.library.version")),
    )


LOADER = ZipkinLoader()
