'''Transcripts of agents as spans: what formats of sessions share.

A format decodes its records and tells a `Session` what they say; the session makes spans under
OpenTelemetry's GenAI keys, so that normalising and folding are those of OTel spans. The tree:

    session (workflow) > turn (agent) > model call (llm), tool call (tool) > sub-agent (agent)

A tool call stands beside the model call that asked for it, since it runs after it; a sub-agent
stands below the tool call that started it, and is never a session of its own.

    class AcmeReader(Reader):
        def read(self, value: Any, place: Place) -> None:
            session = self.transcript.session(value["session"])
            time = unix_nano(value.get("at"))
            match value["type"]:
                case "prompt":
                    session.turn(parts_of(value["text"]), time, value["id"], place)
                case "reply":
                    call = session.current.call(value["id"], time, place, model=value["model"])
                    call.say(parts_of(value["text"]))
                    call.count(counted(input_tokens=value["in"], output_tokens=value["out"]))
                    for wish in value.get("tools", ()):
                        call.tool(wish["id"], wish["name"], wish["args"], time, place)
                case "result":
                    session.answer(value["id"], value["output"], time, failed=value["failed"])
                case "heartbeat":
                    self.transcript.ignore("heartbeat")
                case other:
                    raise NotKnownError(f"a record of type {other!r}")

    class AcmeLoader(TranscriptLoader):
        """Loads Acme's sessions. Source: ..."""

        name, title, service = "acme", "Acme session", "acme"
        reader = AcmeReader

        def sniff(self, head: Head) -> float:
            return 0.9 if any({"session", "at"} <= keys for keys in head.keys) else 0.0

    LOADER = AcmeLoader()

What the session does by itself: a model call starts when what it answers was said and ends with
its own record; records with one call id are one call, of whose usages the largest counts; input
messages are those that are new since the call before, which `FOLLOWS` names; a tool without an
answer has no end; a turn ends with the next one; ids are the producer's, or else places in the
session. Unknown times stay None, and spans stand in the order in which they were told.

Source: FORMATS §8 and §9 for what the formats have in common.
'''

from tracetui_loaders.transcripts.load import (
    NotKnownError,
    Reader,
    Transcript,
    TranscriptLoader,
)
from tracetui_loaders.transcripts.messages import (
    Message,
    Part,
    call_part,
    first_line,
    message,
    parts_of,
    reasoning,
    response_part,
    text,
    text_in,
)
from tracetui_loaders.transcripts.node import NOWHERE, Node, Place
from tracetui_loaders.transcripts.session import Session
from tracetui_loaders.transcripts.spans import FOLLOWS, Agent, Call, Tool
from tracetui_loaders.transcripts.times import unix_nano
from tracetui_loaders.transcripts.usage import Meter, Usage, counted

__all__ = [
    "FOLLOWS",
    "NOWHERE",
    "Agent",
    "Call",
    "Message",
    "Meter",
    "Node",
    "NotKnownError",
    "Part",
    "Place",
    "Reader",
    "Session",
    "Tool",
    "Transcript",
    "TranscriptLoader",
    "Usage",
    "call_part",
    "counted",
    "first_line",
    "message",
    "parts_of",
    "reasoning",
    "response_part",
    "text",
    "text_in",
    "unix_nano",
]
