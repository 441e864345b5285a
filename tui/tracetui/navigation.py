"""How the app goes from view to view: each is imported when it is first wanted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from textual import on

from tracetui.key_order import KeysInOrder
from tracetui.screens.traces import TracesScreen
from tracetui.screens.wanted import SpanWanted, TracesWanted
from tracetui.widgets.search_line import SearchLine

if TYPE_CHECKING:
    from tracetui.screens.store_screen import StoreScreen
    from tracetui.session import Session

VIEWS = {
    "loops": ("loops", "LoopsScreen"),
    "cost": ("cost", "CostScreen"),
    "errors": ("errors", "ErrorsScreen"),
    "agents": ("agents", "AgentsScreen"),
}
"""Views over everything that is loaded: the module in `screens` and the screen's class."""


class Navigation(KeysInOrder[None]):
    """Opens views; needs the `session` that they show."""

    session: Session
    keymap: dict[str, str]
    """The keys the user has remapped, by command id."""

    def action_help(self) -> None:
        """Show the keys."""
        from tracetui.screens.help import HelpScreen  # noqa: PLC0415 - numpy, not at start-up

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.keymap))

    def action_view_report(self) -> None:
        """Show the ingest report."""
        from tracetui.screens.report import ReportScreen  # noqa: PLC0415 - numpy, not at start-up

        if not isinstance(self.screen, ReportScreen):
            self.push_screen(ReportScreen(self.session))

    def action_search_text(self) -> None:
        """Search all text for what is in the search prompt; ask for it where there is none."""
        from tracetui.screens.find import FindScreen  # noqa: PLC0415 - Arrow, not at start-up

        screen = self.screen
        line = next(iter(screen.query(SearchLine)), None)
        if isinstance(screen, FindScreen):
            screen.action_search()
        elif self.session.store is None or screen.is_modal:
            self.notify("There is nothing to search here.", markup=False)
        else:
            text = line.text if line is not None and line.is_open else ""
            if line is not None and line.is_open:
                line.post_message(SearchLine.Confirmed(text))
            self.push_screen(FindScreen(self.session, text))

    def action_sql(self) -> None:
        """Open the SQL console, or go to its prompt."""
        from tracetui.screens.sql import SqlScreen  # noqa: PLC0415 - Arrow, not at start-up

        if isinstance(self.screen, SqlScreen):
            self.screen.focus_prompt()
        elif self.session.store is None:
            self.notify("Nothing is loaded yet.", markup=False)
        else:
            self.push_screen(SqlScreen(self.session))

    def action_view(self, name: str) -> None:
        """Show one of `VIEWS`, in place of another one of them."""
        module, class_name = VIEWS[name]
        wanted: type[StoreScreen[object]] = getattr(
            import_module(f"tracetui.screens.{module}"), class_name
        )
        if isinstance(self.screen, wanted) or self.screen.is_modal:
            return
        if type(self.screen).__name__ in {shown for _, shown in VIEWS.values()}:
            self.switch_screen(wanted(self.session))
        else:
            self.push_screen(wanted(self.session))

    @on(TracesWanted)
    def _show_traces(self, message: TracesWanted) -> None:
        """Show the traces that a filter leaves."""
        self.action_view_traces()
        if isinstance(landing := self.screen_stack[0], TracesScreen):
            landing.filter_to(message.filter_text)

    def action_view_traces(self) -> None:
        """Go back to the list of traces."""
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def action_view_trace(self) -> None:
        """Open the trace under the cursor of the list, or of the conversation."""
        from tracetui.screens.conversation import ConversationScreen  # noqa: PLC0415 - numpy

        if isinstance(self.screen, TracesScreen):
            self.screen.table.action_open()
        elif isinstance(self.screen, ConversationScreen):
            self.screen.action_open()

    def action_view_conversation(self) -> None:
        """Show the conversation of the trace that is shown or under the cursor."""
        from tracetui.screens.conversation import ConversationScreen  # noqa: PLC0415 - numpy
        from tracetui.screens.trace import TraceScreen  # noqa: PLC0415

        screen, row_id = self.screen, None
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else None
        landing = self.screen_stack[0]
        if not isinstance(landing, TracesScreen):
            return
        if isinstance(screen, TraceScreen):
            trace_id, row_id = screen.trace_id, screen.waterfall.cursor_row_id
            if isinstance(below, ConversationScreen):
                self.pop_screen()
                below.show_trace(trace_id, row_id)
                return
        elif isinstance(screen, TracesScreen):
            trace_id = screen.table.trace_id
        else:
            return
        if trace_id is not None:
            self.push_screen(
                ConversationScreen(self.session, trace_id, landing.table.step, row_id=row_id)
            )

    @on(SpanWanted)
    def _show_span(self, message: SpanWanted) -> None:
        """Show a span in the tree of its trace: in the one below the view in front, if it is it."""
        from tracetui.screens.trace import TraceScreen  # noqa: PLC0415 - numpy, not at start-up

        landing = self.screen_stack[0]
        below = self.screen_stack[-2] if len(self.screen_stack) > 1 else landing
        if isinstance(below, TraceScreen) and below.trace_id == message.trace_id:
            self.pop_screen()
            if message.row_id is not None:
                below.go_to_row(message.row_id)
        elif isinstance(landing, TracesScreen):
            shown = TraceScreen(self.session, message.trace_id, landing.table.step)
            if message.row_id is not None:
                shown.go_to_row(message.row_id)
            self.push_screen(shown)

    def action_back_or_quit(self) -> None:
        """Step back; on the landing screen quit."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.exit()
