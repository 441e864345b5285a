"""Agents: who calls, hands over to and sends to whom, over all traces.

Imports numpy and Arrow; it is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters, on
from textual.widgets import Footer
from tracetui_analyses.agent_graph import Topology
from tracetui_analyses.topology import topology
from tracetui_store.predicates import AnySpan, Compare

from tracetui.filter.printing import printed
from tracetui.screens.store_screen import StoreScreen
from tracetui.screens.wanted import TracesWanted
from tracetui.view_models import totals_line
from tracetui.view_models.agent_cells import pattern_words, systems_words
from tracetui.widgets.agent_figure import AgentFigure
from tracetui.widgets.agent_table import AgentTable
from tracetui.widgets.notice import Notice
from tracetui.widgets.title_line import Fact, TitleLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from tracetui_store.protocol import TraceReader

    from tracetui.session import LoadState, Session

ADVICE = (
    "No span says that an agent ran: invoke_agent of the OpenTelemetry conventions,",
    "the kind AGENT of OpenInference, and what other conventions have for it.",
    "",
    "1        the traces",
    "Esc      back",
)


class AgentsScreen(StoreScreen[Topology]):
    """Lists agents over the edges, graph and matrix of the one under the cursor."""

    CSS_PATH = "agents.tcss"
    AUTO_FOCUS = "AgentTable"

    title_line = getters.query_one(TitleLine)
    table = getters.query_one(AgentTable)
    figure = getters.query_one(AgentFigure)
    notice = getters.query_one(Notice)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._found: Topology | None = None

    def compose(self) -> ComposeResult:
        """Put the agents over what they have to do with each other."""
        yield TitleLine()
        yield AgentTable()
        yield AgentFigure()
        yield Notice()
        yield Footer(show_command_palette=False)

    def query_to_run(self) -> Callable[[TraceReader], Topology]:
        """Ask for the agents of all traces."""
        return lambda reader: topology(reader.agent_spans(), reader.joints())

    def show_result(self, result: Topology) -> None:
        """Show the agents; the cursor stays on its agent."""
        self._found = result
        self.table.show(result.nodes)
        self.figure.show(result, self.table.agent)
        self.show_state(self.session.state)

    def show_state(self, state: LoadState) -> None:
        """Show what the agents come to, and how far the load is."""
        gauge, progress = totals_line.progress_words(state)
        facts = [
            Fact("agents", "accent", 6, bold=True),
            Fact(self.session.title, "plain", 5, bold=True),
        ]
        if (found := self._found) is not None and found.nodes:
            steps = sum(edge.count for edge in found.edges)
            failed = sum(edge.failures for edge in found.edges)
            facts += [
                Fact(systems_words(found), "primary", 0),
                Fact(totals_line.plural(len(found.nodes), "agent"), "plain", 1),
                Fact(totals_line.plural(steps, "step") + " between them", "plain", 3),
                Fact(f"✗{failed:,} failed" if failed else "", "error", 2),
            ]
            if len(found.systems) > 1 and self.table.agent is not None:
                system = found.systems[found.nodes[self.table.cursor].system]
                facts.append(Fact(f"this one: {pattern_words(system)}", "dim", 4))
        facts += [Fact(gauge, "primary", 8, right=True), Fact(progress, "dim", 7, right=True)]
        self.title_line.show(facts)
        nothing = found is not None and not found.nodes and state.finished and self.up_to_date
        if nothing != self.has_class("-nothing"):
            self.set_class(nothing, "-nothing")
            self.notice.show(f"No agents in {self.session.title}.", ADVICE)
            (self.notice if nothing else self.table).focus()

    @on(AgentTable.Moved)
    def _show_agent(self, message: AgentTable.Moved) -> None:
        message.stop()
        if self._found is not None:
            self.figure.show(self._found, self.table.agent)
            self.show_state(self.session.state)

    @on(AgentTable.Opened)
    def _show_traces(self, message: AgentTable.Opened) -> None:
        message.stop()
        ran = AnySpan(Compare("agent_name", "=", message.name))
        self.post_message(TracesWanted(printed(ran, "traces")))

    @on(AgentTable.Back)
    def _back(self, message: AgentTable.Back) -> None:
        message.stop()
        self.dismiss()

    def key_escape(self) -> None:
        """Step back from the words that there are no agents."""
        if self.has_class("-nothing"):
            self.dismiss()
