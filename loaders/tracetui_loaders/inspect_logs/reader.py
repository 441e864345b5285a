"""Reads Inspect AI's logs: the header, and samples inside it or one by one.

Source: inspect_ai `log/_log.py` (`EvalLog`, `EvalSpec`, `EvalSample`).
"""

from collections.abc import Mapping
from typing import Any

from tracetui_loaders.inspect_logs.sample import SampleTeller
from tracetui_loaders.transcripts import (
    NotKnownError,
    Place,
    Reader,
    Session,
    Transcript,
    first_line,
    unix_nano,
)
from tracetui_loaders.vendor_values import is_id, known, mapping, prefixed

HEADER_KEYS = frozenset({"version", "status", "eval"})
SAMPLE_KEYS = frozenset({"id", "epoch", "input", "target", "messages"})
_SAMPLE_USED = frozenset(
    {
        *("id", "input", "messages", "events", "events_data", "attachments", "output", "store"),
        *("scores", "error", "uuid", "started_at", "completed_at", "model_usage", "files"),
        *("error_retries", "timelines", "setup"),
    }
)
_EVAL_KEPT = ("eval_id", "run_id", "task", "task_id", "model", "dataset", "solver", "tags")


class InspectReader(Reader):
    """Reads a whole log, or samples of one whose header was given first."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self.header: Mapping[str, Any] = {}
        """The log without its samples; empty where that is not known."""

    def read(self, value: Any, place: Place) -> None:
        """Tell every sample.

        Raises:
            NotKnownError: If the value is neither a log nor a sample.
        """
        if isinstance(value, dict) and value.keys() >= SAMPLE_KEYS:
            self._sample(value, place)
            return
        if not isinstance(value, dict) or not value.keys() >= HEADER_KEYS:
            raise NotKnownError("neither an evaluation's log nor a sample of one")
        self.header = {key: item for key, item in value.items() if key != "samples"}
        samples = value.get("samples") or []
        told = 0
        for sample in samples:
            if isinstance(sample, dict) and "id" in sample:
                self._sample(sample, place)
                told += 1
            else:
                self.transcript.ignore("samples that are none")
        if not told:
            self._without_samples(place)

    def _without_samples(self, place: Place) -> None:
        """Tell of an evaluation that has not come to a sample, or whose samples were left out."""
        session = self.transcript.session(self._eval().get("eval_id"))
        session.started(unix_nano(mapping(self.header.get("stats")).get("started_at")), place)
        session.root.seen(unix_nano(mapping(self.header.get("stats")).get("completed_at")))
        self._describe(session)
        session.title = f"{self._task()} (no samples)"
        if self.header.get("status") == "error":
            error = mapping(self.header.get("error"))
            session.root.fail(str(error.get("message") or "error"), error_type="eval_error")
        session.root.over = self.header.get("status") != "started"

    def _eval(self) -> Mapping[str, Any]:
        return mapping(self.header.get("eval"))

    def _task(self) -> str:
        return str(self._eval().get("task") or self.transcript.stem)

    def _sample(self, sample: dict[str, Any], place: Place) -> None:
        sample_id, epoch = sample["id"], sample.get("epoch")
        own_id = sample.get("uuid")
        if not isinstance(own_id, str) or not own_id:
            log = self._eval().get("eval_id") or self.transcript.stand_in
            own_id = f"{log}/{sample_id}/{epoch}"
        if self.transcript.repeated(f"sample {own_id}"):
            return
        session = self.transcript.session(own_id)
        session.started(unix_nano(sample.get("started_at")), place)
        self._describe(session)
        again = f" (epoch {epoch})" if isinstance(epoch, int) and epoch > 1 else ""
        session.title = first_line(f"{self._task()} · sample {sample_id}{again}")
        session.root.attributes |= known(
            {
                "inspect.sample.id": sample_id if is_id(sample_id) else None,
                **prefixed("inspect.sample.", sample, _SAMPLE_USED),
            }
        )
        model = self._eval().get("model")
        solver = self._eval().get("solver")
        agent = solver if isinstance(solver, str) and solver else self._eval().get("task")
        SampleTeller(self.transcript, session, sample, place).tell(
            agent if isinstance(agent, str) else None, model if isinstance(model, str) else None
        )

    def _describe(self, session: Session) -> None:
        """Put what the header says of all samples on one."""
        about = self._eval()
        session.root.attributes |= known(
            {
                **{f"inspect.{key}": about.get(key) for key in _EVAL_KEPT},
                "inspect.status": self.header.get("status"),
            }
        )
        version = mapping(about.get("packages")).get("inspect_ai")
        if isinstance(version, str):
            session.resource["service.version"] = version
