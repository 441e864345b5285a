"""Waits for the app to come to rest."""

import asyncio

from textual.pilot import Pilot
from tracetui.app import TraceTuiApp


async def settle(pilot: Pilot[None]) -> None:
    """Wait until the load has ended, no worker runs and no message waits. Never sleep in a test."""
    app = pilot.app
    await pilot.pause()
    while isinstance(app, TraceTuiApp) and not app.session.state.finished:
        await app.workers.wait_for_complete(
            [worker for worker in app.workers if not worker.is_finished]
        )
        await asyncio.sleep(0)  # the load's last word is a message of its own
        await pilot.pause()
    await rest(pilot)


async def rest(pilot: Pilot[None]) -> None:
    """Wait until no worker runs and no message waits, wherever the load is."""
    await pilot.pause()
    while any(not worker.is_finished for worker in pilot.app.workers):
        await asyncio.wait(
            [asyncio.ensure_future(worker.wait()) for worker in pilot.app.workers],
        )
        await pilot.pause()
    await pilot.pause()
