"""The app: paints first, then loads; owns the store, the ingest worker and one signal."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import threading
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.signal import Signal

from tracetui import screens
from tracetui.commands import APP, bindings
from tracetui.navigation import Navigation
from tracetui.providers import CommandProvider
from tracetui.said_once import SaidOnce
from tracetui.screens.traces import TracesScreen
from tracetui.session import LoadState, Session, title_of
from tracetui.settings import Settings
from tracetui.signals import ENDING_SIGNALS
from tracetui.themes import DARK, LIGHT, THEME_NAMES, THEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracetui_store.ingest import Ingest, Progress

    from tracetui.reception import Reception

SECONDS_TO_STOP = 3.0
"""How long quitting waits for the ingest thread, which stops at its next batch."""
SECONDS_BEFORE_SCREENS = 1.0
"""How long after the first rows the other screens are imported; sooner, if the load has ended."""
RECEIVED_FORMAT = "otlp_json"
"""What a receiver writes; its file is empty at first, which says nothing."""
SECONDS_TO_LEAVE = 1.0
"""How long putting the terminal back may take once there is nothing left to clean up."""


GC_THRESHOLDS = (2_000, 20, 1_000)
"""Young objects are collected in a millisecond; all of them only after 40 million new ones."""


class TraceTuiApp(Navigation, SaidOnce):
    """Explores the traces in `paths`."""

    TITLE = "tracetui"
    BINDINGS = bindings(APP)
    COMMANDS = {CommandProvider}  # noqa: RUF012 - Textual's form
    CSS_PATH = ["app.tcss", "screens/traces.tcss"]  # noqa: RUF012 - Textual's form

    @dataclass
    class StoreOpened(Message):
        """The store is there, still empty."""

    @dataclass
    class Progressed(Message):
        """The ingest has come on."""

    @dataclass
    class ReceptionChanged(Message):
        """The receiver has counted more, or has failed."""

    @dataclass
    class LoadEnded(Message):
        """The ingest has ended; `error` says why it could read nothing."""

        error: str | None

    @dataclass
    class FollowEnded(Message):
        """Following has ended; `error` says why, if nobody asked for it."""

        error: str | None

    def __init__(
        self,
        paths: Sequence[str | Path],
        *,
        title: str | None = None,
        settings: Settings | None = None,
        follow: bool = False,
        cached: bool = False,
        reindex: bool = False,
        map_file: str | None = None,
        price_file: str | None = None,
        reception: Reception | None = None,
    ) -> None:
        gc.disable()  # until the first paint: saves about 20 ms (RENDERING §2)
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        settings = settings or Settings()
        self.theme = THEME_NAMES.get(settings.app.theme, DARK.name)
        self.keymap = dict(settings.keys)
        self.set_keymap(self.keymap)
        names = [str(path) for path in paths]
        self.store_changed = Signal[LoadState](self, "store_changed")
        """Published when the store has grown or the load has come on."""
        self.session = Session(
            names, title or title_of(names), self.store_changed, settings=settings
        )
        self.session.reception = reception
        self._follow_at_once = follow
        self._cached, self._reindex = cached, reindex
        self._map_file, self._price_file = map_file, price_file
        self._ingest: Ingest | None = None
        self._loading_began = False
        self._progress: Progress | None = None
        self._progress_waits = False
        self._publish_waits = False
        self._prepared = False
        self._loading_ended = threading.Event()

    def get_default_screen(self) -> TracesScreen:
        """Land on the list of traces."""
        return TracesScreen(self.session)

    def on_ready(self) -> None:
        """Load, once the empty list is on the terminal."""
        if not self.is_headless:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop = asyncio.get_running_loop()
                for number in ENDING_SIGNALS:
                    loop.add_signal_handler(number, self._ended_by, number)
        if self.session.reception is not None:
            self.session.reception.on_change(self._reception_changed)
        self.call_after_refresh(self._begin)

    def _reception_changed(self) -> None:
        """Hear of the receiver, on a thread of its own."""
        self.post_message(self.ReceptionChanged())

    @on(ReceptionChanged)
    def _show_reception(self) -> None:
        if (reception := self.session.reception) is None:
            return
        if reception.failure is not None:
            self.notify(reception.failure, severity="error", timeout=60, markup=False)
        self.session.state = replace(self.session.state, refused=reception.counts.refusals)
        self.store_changed.publish(self.session.state)

    def _ended_by(self, number: int) -> None:
        """Leave the terminal as it was, and no data, when someone ends the program."""
        # Writing to a terminal that has been closed may block for ever.
        self._leave_in_any_case(SECONDS_TO_STOP + SECONDS_TO_LEAVE, 128 + number)
        self.exit(return_code=128 + number)

    def _leave_in_any_case(self, seconds: float, code: int) -> None:
        """End the process after `seconds`, whatever a thread of it still waits for."""
        if not self.is_headless:
            timer = threading.Timer(seconds, os._exit, (code,))
            timer.daemon = True
            timer.start()

    def _begin(self) -> None:
        gc.enable()
        # A collection of everything would freeze the screen for 100 ms and more once a large
        # trace is shown; nearly all that a trace makes is freed without one.
        gc.set_threshold(*GC_THRESHOLDS)
        self._loading_began = True
        self._load()

    @work(thread=True, group="ingest", exit_on_error=False)
    def _load(self) -> None:
        """Import what is heavy, open the store and fill it, all on a thread."""
        error: str | None = None
        try:
            error = self._fill_store()
        except Exception as unforeseen:  # noqa: BLE001 - a user gets words, never a traceback
            error = f"Loading stopped: {type(unforeseen).__name__}: {unforeseen}"
        finally:
            self._loading_ended.set()
            self.post_message(self.LoadEnded(error))

    def _fill_store(self) -> str | None:
        """Open the store and fill it; return why nothing could be read."""
        from tracetui_loaders.base import LoadError  # noqa: PLC0415 - after the first paint
        from tracetui_loaders.generic.mapping import MappingError  # noqa: PLC0415
        from tracetui_store.cache import Cache  # noqa: PLC0415
        from tracetui_store.opening import open_store  # noqa: PLC0415
        from tracetui_store.pricing.price_file import PriceFileError  # noqa: PLC0415
        from tracetui_store.store import StoreError  # noqa: PLC0415

        cache = Cache() if self._cached else None
        try:
            store, ingest = open_store(
                self.session.paths,
                self._progressed,
                cache=cache,
                reindex=self._reindex,
                map_file=self._map_file,
                price_file=self._price_file,
                format=None if self.session.reception is None else RECEIVED_FORMAT,
            )
        except (StoreError, MappingError, PriceFileError) as failed:
            return str(failed)
        self.session.store = store
        self._ingest = ingest
        self.post_message(self.StoreOpened())
        try:
            ingest.run()
        except (LoadError, StoreError) as failed:
            return str(failed)
        return None

    @work(thread=True, group="follow", exit_on_error=False)
    def _follow(self, ingest: Ingest) -> None:
        """Read what is appended, on a thread, until that is stopped."""
        error: str | None = None
        try:
            ingest.follow()
        except Exception as unforeseen:  # noqa: BLE001 - a user gets words, never a traceback
            error = f"Following stopped: {type(unforeseen).__name__}: {unforeseen}"
        finally:
            self._loading_ended.set()
            self.post_message(self.FollowEnded(error))

    def action_toggle_follow(self) -> None:
        """Follow the files, or stop following them."""
        state, ingest = self.session.state, self._ingest
        if state.following and ingest is not None:
            ingest.stop_following()
        elif ingest is None or not state.finished or state.error is not None:
            self.notify("There is nothing to follow yet.", markup=False)
        elif list(self.session.paths) == ["-"]:
            self.notify("Standard input cannot be followed.", markup=False)
        else:
            self._loading_ended.clear()
            self._publish(finished=True, following=True)
            self._follow(ingest)

    @on(FollowEnded)
    def _follow_ended(self, message: FollowEnded) -> None:
        self._publish(finished=True)
        if message.error is not None:
            self.notify(message.error, severity="error", markup=False)

    def _progressed(self, progress: Progress) -> None:
        """Hear of progress, on the ingest thread; one message at a time is under way."""
        self._progress = progress
        if not self._progress_waits:
            self._progress_waits = True
            self.post_message(self.Progressed())

    @on(StoreOpened)
    def _store_opened(self) -> None:
        self._publish()

    @on(Progressed)
    def _take_progress(self) -> None:
        self._progress_waits = False
        if self._progress is not None and self._progress.committed:
            self._prepare_soon(SECONDS_BEFORE_SCREENS)
        if not self._publish_waits:
            self._publish_waits = True
            self.set_timer(max(self.session.pulse.wait(), 0.001), self._publish_progress)

    def _publish_progress(self) -> None:
        self._publish_waits = False
        if self.session.state.following:
            self._publish(finished=True, following=True)
        elif not self.session.state.finished:
            self._publish()

    def _prepare_soon(self, seconds: float) -> None:
        if not self._prepared:
            self._prepared = True
            self.set_timer(seconds, self._prepare)

    def _prepare(self) -> None:
        """Read what the first Enter needs: a sheet read later has all others parsed anew."""
        for sheet in sorted(Path(screens.__file__).parent.glob("*.tcss")):
            if not self.stylesheet.has_source(str(sheet)):
                self.stylesheet.read(sheet)
        self.stylesheet.parse()
        self._prepare_screens()

    @work(thread=True, group="prepare", exit_on_error=False)
    def _prepare_screens(self) -> None:
        """Import what the first Enter needs, on a thread: it takes four times a bearable freeze."""
        for name in ("trace", "conversation"):
            import_module(f"tracetui.screens.{name}")

    @on(LoadEnded)
    def _load_ended(self, message: LoadEnded) -> None:
        self._prepare_soon(SECONDS_BEFORE_SCREENS / 10)
        self._publish(finished=True, error=message.error)
        if self._follow_at_once and message.error is None:
            self.action_toggle_follow()

    def _publish(
        self, *, finished: bool = False, error: str | None = None, following: bool = False
    ) -> None:
        """Tell the screens how far the load is."""
        state = replace(self.session.state, finished=finished, error=error, following=following)
        if (progress := self._progress) is not None:
            state = replace(
                state,
                bytes_done=progress.bytes_done,
                bytes_total=progress.bytes_total,
                current=progress.current,
                committed=progress.committed,
            )
        if finished:
            # The last rows may be committed after the last word of progress.
            state = replace(state, committed=state.committed + 1)
        self.session.state = state
        self.session.pulse.beat()
        self.store_changed.publish(state)

    async def on_unmount(self) -> None:
        """Stop the ingest, wait for its thread, close the store."""
        gc.enable()
        if self._ingest is not None:
            self._ingest.cancel()
        if self._loading_began:
            ended = await asyncio.to_thread(self._loading_ended.wait, SECONDS_TO_STOP)
            if not ended:
                # It waits for bytes that may never come: a pipe whose writer is silent.
                self._leave_in_any_case(SECONDS_TO_LEAVE, self.return_code or 0)
        if (store := self.session.store) is not None:
            self.session.store = None
            store.close()

    def action_toggle_dark(self) -> None:
        """Switch between dark and light."""
        self.theme = DARK.name if self.theme == LIGHT.name else LIGHT.name
