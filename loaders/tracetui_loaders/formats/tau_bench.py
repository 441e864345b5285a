"""tau-bench results: an array of runs, `{task_id, trial, reward, info, traj}`.

A trajectory is a conversation in OpenAI's messages between an agent and a simulated user, whose
every message is a turn; each run is a session, its reward an evaluation. There are no times, no
model and no usage; `info.user_cost` is what simulating the user cost, and is no cost of the agent.

Source: sierra-research/tau-bench `tau_bench/types.py` (`EnvRunResult`), `run.py`; FORMATS §9.
"""

from typing import Any, ClassVar

from tracetui_loaders.base import Head
from tracetui_loaders.json_values import items_of
from tracetui_loaders.transcripts import NotKnownError, Place, Reader, TranscriptLoader
from tracetui_loaders.transcripts.chat import Chat
from tracetui_loaders.vendor_values import evaluation_event, known, mapping, objects

_KEYS = frozenset({"task_id", "reward", "info", "traj"})


class _Runs(Reader):
    """Reads runs, many in an array or one a line."""

    def read(self, value: Any, place: Place) -> None:
        """Tell every run.

        Raises:
            NotKnownError: If the value holds none.
        """
        runs = [run for run in items_of(value) if isinstance(run, dict) and run.keys() >= _KEYS]
        if not runs:
            raise NotKnownError("no run with task_id, reward, info and traj")
        for run in runs:
            self._run(run, place)
        for _ in range(sum(1 for _ in items_of(value)) - len(runs)):
            self.transcript.ignore("values that are no runs")

    def _run(self, run: dict[str, Any], place: Place) -> None:
        task, trial = run["task_id"], run.get("trial")
        name = f"{self.transcript.stand_in}/{task}" + ("" if trial is None else f"/{trial}")
        if self.transcript.repeated(name):
            return
        session = self.transcript.session(name)
        session.started(None, place)
        session.title = f"task {task}" + ("" if trial is None else f" · trial {trial}")
        chat = Chat(session, place)
        for message in objects(run["traj"]):
            chat.tell(message)
        if session.begun:
            session.current.over = True
        info = mapping(run["info"])
        rewarded = mapping(mapping(info.get("reward_info")).get("info"))
        session.root.event(*evaluation_event("reward", run["reward"]))
        for key in ("r_actions", "r_outputs"):
            if rewarded.get(key) is not None:
                session.root.event(*evaluation_event(key, rewarded[key]))
        if info.get("error"):
            session.root.fail(str(info["error"]), error_type="run_error")
        session.root.attributes |= known(
            {
                "tau_bench.task_id": task,
                "tau_bench.trial": trial,
                "tau_bench.task": info.get("task"),
                "tau_bench.user_cost": info.get("user_cost"),
            }
        )
        session.root.over = True


class TauBenchLoader(TranscriptLoader):
    """Loads results of tau-bench."""

    name: ClassVar[str] = "tau_bench"
    title: ClassVar[str] = "tau-bench results"
    service: ClassVar[str] = "tau-bench"
    reader: ClassVar[type[Reader]] = _Runs

    def sniff(self, head: Head) -> float:
        """Return how surely the first objects are runs, also of an array that is cut off."""
        return 0.9 if any(keys >= _KEYS for keys in head.keys) else 0.0


LOADER = TauBenchLoader()
