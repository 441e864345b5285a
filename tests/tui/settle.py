"""Waits for the app to come to rest, or for what a test asserts, and reads the screen."""

import asyncio
import time
from collections.abc import Callable

from textual.app import App
from textual.pilot import Pilot
from tracetui.app import TraceTuiApp

PATIENCE = 120.0
"""Seconds after which something never happens, on a machine that is busy with other tests."""


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the load has ended, no worker runs and no message waits. Never sleep in a test."""
    await rest(pilot)
    app = pilot.app
    while isinstance(app, TraceTuiApp) and not app.session.state.finished:
        await asyncio.sleep(0)  # the load's last word is a message of its own
        await rest(pilot)


async def rest(pilot: Pilot[None]) -> None:
    """Wait until no worker runs and no message waits, wherever the load is."""
    quiet, ends = 0, time.monotonic() + PATIENCE
    while quiet < 2:  # what a last message asks for may be under way at the first look
        await pilot.pause()
        running = [worker for worker in pilot.app.workers if not worker.is_finished]
        if running:
            await asyncio.wait([asyncio.ensure_future(worker.wait()) for worker in running])
        assert time.monotonic() < ends, "the app never comes to rest"
        quiet = 0 if running or _messages_wait(pilot.app) else quiet + 1


def _messages_wait(app: App[None]) -> bool:
    return any(node.message_queue_size for node in (app, *app.screen.walk_children(with_self=True)))


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Wait until what the test asserts holds, however many messages and threads it takes."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, f"it never came; the screen is:\n{screen_text(pilot)}"
        await pilot.pause(0.01)


def screen_text(pilot: Pilot[None]) -> str:
    """Return what is on the screen, line by line."""
    return "\n".join(
        "".join(segment.text for segment in strip)
        for strip in pilot.app.screen._compositor.render_strips()  # pyright: ignore[reportPrivateUsage]
    )
