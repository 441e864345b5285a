"""Notifications that do not pile up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel


class SaidOnce(App[None]):
    """An app that shows a notification anew when it is said again, not a second time below it."""

    _said: tuple[str, str] | None = None

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Say something, once."""
        if self._said == (title, message):
            self.clear_notifications()
        self._said = title, message
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)
