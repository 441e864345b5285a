"""A span in the making: what is common to sessions, turns, calls and tools.

Source of the attribute keys: OpenTelemetry GenAI semantic conventions ("GenAI spans", "GenAI
agent spans"), so that normalising and folding are those of OTel spans.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tracetui_loaders.batch import RawSpan
from tracetui_loaders.transcripts.messages import first_line

if TYPE_CHECKING:
    from tracetui_loaders.normalise import RawEvent
    from tracetui_loaders.transcripts.session import Session

_LONGEST_STATUS = 200


class Place(NamedTuple):
    """Where in the source a record begins."""

    line: int | None = None
    byte_offset: int | None = None


NOWHERE = Place()


class Node:
    """A span in the making.

    `attributes` is the format's to add to: OTel keys where there is one, else the producer's own
    names.
    """

    __slots__ = (
        "attributes",
        "end",
        "events",
        "first",
        "latest",
        "name",
        "open",
        "over",
        "parent",
        "place",
        "session",
        "span_id",
        "start",
        "status",
        "status_message",
    )
    operation = ""

    def __init__(
        self,
        session: "Session",
        parent: "Node | str | None",
        span_id: str,
        name: str,
        *,
        time: int | None = None,
        place: Place = NOWHERE,
    ) -> None:
        self.session = session
        self.parent = parent
        self.span_id = span_id
        self.name = name
        self.start = time
        self.place = place
        self.latest = time
        """Of all that is known to have happened inside."""
        self.first: int | None = None
        """The earliest start of what is inside, once that is settled."""
        self.end: int | None = None
        self.open = False
        """Whether something inside still runs, as far as the transcript goes."""
        self.over = False
        """Whether it has ended, whatever is open inside."""
        self.status = "UNSET"
        self.status_message: str | None = None
        self.attributes: dict[str, Any] = {}
        self.events: list[RawEvent] = []
        session.nodes.append(self)

    def seen(self, time: int | None) -> None:
        """Note that something happened inside at `time`."""
        if time is not None and (self.latest is None or time > self.latest):
            self.latest = time

    def event(
        self, name: str, time: int | None = None, attributes: Mapping[str, Any] | None = None
    ) -> None:
        """Add an event: a compaction, a change of model, a permission that was asked for."""
        self.events.append((str(name), time, attributes or {}))
        self.seen(time)

    def fail(
        self,
        reason: str | None = None,
        *,
        error_type: str | None = None,
        http_status: int | None = None,
    ) -> None:
        """Mark the span as failed; the whole of a long reason stays in the span's output."""
        self.status = "ERROR"
        if reason:
            self.status_message = first_line(reason, _LONGEST_STATUS)
        if error_type:
            self.attributes["error.type"] = error_type
        if http_status:
            self.attributes["http.response.status_code"] = http_status

    def settle(self) -> None:
        """Decide whether the span has ended, and when; what is inside has been settled."""
        if self.start is None:
            self.start = self.first
        self.end = None if self.open and not self.over else self.latest

    def told_to(self, parent: "Node") -> None:
        """Let `parent` know when this began and ended, and whether it still runs."""
        parent.seen(self.latest)
        if self.start is not None and (parent.first is None or self.start < parent.first):
            parent.first = self.start
        parent.open = parent.open or self.open

    def payload(self) -> dict[str, Any]:
        """Return the attributes that follow from what the format told."""
        return {}

    def raw(self) -> RawSpan:
        """Return the span."""
        parent = self.parent
        start, end = self.start, self.end
        if start is not None and end is not None and end < start:
            start = end  # clocks that disagree make no negative durations
        return RawSpan(
            trace_id=self.session.trace_id,
            span_id=self.span_id,
            parent_span_id=parent.span_id if isinstance(parent, Node) else parent,
            name=str(self.name),
            otel_kind=None,
            start_time_unix_nano=start,
            end_time_unix_nano=end,
            status=self.status,
            status_message=self.status_message,
            attributes={
                "gen_ai.operation.name": self.operation,
                **self.payload(),
                **self.attributes,
            },
            events=self.events,
        )


class Root(Node):
    """The session itself."""

    __slots__ = ()
    operation = "invoke_workflow"

    def payload(self) -> dict[str, Any]:
        """Return the conversation's id."""
        return {"gen_ai.conversation.id": self.session.session_id}
