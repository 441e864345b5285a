"""Reads goose's session files, exports and printed events, and what its database has of a session.

- A session file begins with a line of metadata (older ones without); then one message a line.
- An export is one document of a session, with its `conversation`.
- `goose run --output-format stream-json` prints `{type: message, message}`, notifications, errors
  and at the end `complete`, with what was used.

Usage is of the whole session: `accumulated_*`. Without that the counts are of the last call alone,
and say nothing of the others.

Source: goose `crates/goose/src/session/` (`legacy.rs`, `session_manager.rs`: `Session`),
`crates/goose-cli/src/session/mod.rs` (`StreamEvent`).
"""

from typing import Any

from tracetui_loaders.goose.messages import Messages
from tracetui_loaders.loose import first, string, unpacked
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    counted,
    unix_nano,
)
from tracetui_loaders.vendor_values import mapping

METADATA = frozenset({"working_dir", "message_count"})
_FACTS = ("working_dir", "session_type", "schedule_id", "goose_mode", "parent_session_id")


class GooseReader(Reader):
    """Tells one session."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._messages: Messages | None = None

    def read(self, value: Any, place: Place) -> None:
        """Tell what one record says.

        Raises:
            NotKnownError: If goose does not write such records.
        """
        if not isinstance(value, dict):
            raise NotKnownError("no message and no session")
        if isinstance(value.get("conversation"), list):
            self._export(value, place)
        elif value.keys() >= METADATA:
            session = self.told().session
            session.started(None, place)
            about(session, value)
        elif "role" in value:
            self.told().tell(value, place)
        else:
            self._printed(value, place)

    def told(self, session_id: str | None = None) -> Messages:
        """Return what messages are told to; of a session file, the file's name is its id."""
        if self._messages is None:
            self._messages = Messages(self.transcript.session(session_id))
        return self._messages

    def _export(self, value: dict[str, Any], place: Place) -> None:
        messages = self.told(string(value.get("id")))
        messages.session.started(unix_nano(value.get("created_at")), place)
        messages.model, messages.provider = about(messages.session, value)
        for message in value["conversation"]:
            try:
                messages.tell(message, place)
            except NotKnownError:
                self.transcript.ignore("message of an unknown kind")

    def _printed(self, value: dict[str, Any], place: Place) -> None:
        session = self.told().session
        match value.get("type"):
            case "message":
                self.told().tell(value.get("message"), place, piece=True)
            case "notification":
                self.transcript.ignore("notification")
            case "error":
                session.started(None, place)
                session.current.fail(str(value.get("error")), error_type="error")
            case "complete":
                session.started(None, place)
                usage = counted(
                    input_tokens=value.get("input_tokens"),
                    output_tokens=value.get("output_tokens"),
                    total=value.get("total_tokens"),
                )
                session.root.attributes.update(usage.attributes() if usage else {})
                if session.begun:
                    session.current.over = True
            case kind:
                raise NotKnownError(f"a record of type {kind!r}")


def about(session: Session, facts: dict[str, Any]) -> tuple[str | None, str | None]:
    """Tell what is known of a session as a whole; return its model and its provider."""
    session.title = string(first(facts, ("name", "description"))) or session.title
    for key in _FACTS:
        if facts.get(key) not in (None, ""):
            session.root.attributes[key] = facts[key]
    usage = counted(
        input_tokens=facts.get("accumulated_input_tokens"),
        output_tokens=facts.get("accumulated_output_tokens"),
        total=facts.get("accumulated_total_tokens"),
        cost_usd=facts.get("accumulated_cost"),
    )
    session.root.attributes.update(usage.attributes() if usage else {})
    config = mapping(unpacked(first(facts, ("model_config", "model_config_json"))))
    return string(config.get("model_name")), string(facts.get("provider_name"))
