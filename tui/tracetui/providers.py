"""The command palette: every command that works here and now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tracetui.commands import GROUPS
from tracetui.themes import THEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class CommandProvider(Provider):
    """Offers the commands of `tracetui.commands` that the focused pane takes, and the themes."""

    def _offers(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """Yield title, keys and what to run."""
        active = {entry.binding.id: entry for entry in self.screen.active_bindings.values()}
        for title, commands in GROUPS:
            for command in commands:
                entry = active.get(command.id)
                if entry is None or command.id == "app.palette" or not entry.enabled:
                    continue
                run = partial(self.app.run_action, entry.binding.action, entry.node)
                keys = command.shown_as or command.keys
                yield command.description, f"{keys}   {title}", run
        for theme in THEMES:
            name = theme.name.removeprefix("tracetui-")
            yield f"Theme: {name}", "", partial(setattr, self.app, "theme", theme.name)

    async def discover(self) -> Hits:
        """Offer everything."""
        for title, words, run in self._offers():
            yield DiscoveryHit(title, run, help=words)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for title, words, run in self._offers():
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), run, text=title, help=words)
