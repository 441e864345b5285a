"""The same trace in our widget and in the widgets one would take otherwise, each in an app.

Run as `python -m benchmarks.rendering_subjects WIDGET TABLE.arrow`; `benchmarks.rendering` does.
"""

import sys

import pyarrow as pa
from textual.app import App, ComposeResult
from textual.widget import Widget
from tracetui import themes


class Subject(App[None]):
    """Shows one widget; `_` unfolds or folds everything."""

    def __init__(self, make: str, table: pa.Table) -> None:
        super().__init__()
        self._make = make
        self._table = table
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = themes.DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our variables, for themes that lack them."""
        return dict(themes.DARK.variables)

    def compose(self) -> ComposeResult:
        """Show the widget with its rows in it."""
        widget = MAKERS[self._make](self._table)
        yield widget

    def on_mount(self) -> None:
        """Give the widget the keys."""
        self.screen.children[0].focus()


def _bare(table: pa.Table) -> Widget:
    from textual.widgets import Static

    class Focusable(Static, can_focus=True):
        def key_j(self) -> None:
            self.refresh()

    return Focusable(table["name"][0].as_py(), markup=False)


def _waterfall(table: pa.Table) -> Widget:
    from tracetui.widgets.waterfall import Waterfall
    from tracetui_analyses.span_tree import SpanTree

    class Shown(Waterfall):
        def on_mount(self) -> None:
            self.show(SpanTree.from_table(table), table)

    return Shown()


def _tree(table: pa.Table) -> Widget:
    from textual.widgets import Tree

    class Unfolding(Tree[None]):
        def key_underscore(self) -> None:
            self.root.expand_all()

    ids, parents = table["span_id"].to_pylist(), table["parent_span_id"].to_pylist()
    names = table["name"].to_pylist()
    widget = Unfolding(names[0])
    nodes = {ids[0]: widget.root}
    for span_id, parent, name in zip(ids[1:], parents[1:], names[1:], strict=True):
        nodes[span_id] = nodes[parent].add(name)
    widget.root.expand()
    return widget


def _cells(table: pa.Table) -> pa.Table:
    return table.select(["name", "kind", "start_time_unix_nano", "total_tokens", "cost_usd"])


def _data_table(table: pa.Table) -> Widget:
    from textual.widgets import DataTable

    class Filled(DataTable[object]):
        def on_mount(self) -> None:
            cells = _cells(table)
            self.add_columns(*cells.column_names)
            self.add_rows(zip(*cells.to_pydict().values(), strict=True))

    return Filled(cursor_type="row")


def _fast_table(table: pa.Table) -> Widget:
    from textual_fastdatatable import ArrowBackend, DataTable

    return DataTable(backend=ArrowBackend(_cells(table)), cursor_type="row")


MAKERS = {
    "bare app, the root's name": _bare,
    "tracetui Waterfall": _waterfall,
    "Textual Tree": _tree,
    "Textual DataTable": _data_table,
    "textual-fastdatatable": _fast_table,
}

if __name__ == "__main__":
    with pa.memory_map(sys.argv[2]) as source:
        Subject(sys.argv[1], pa.ipc.open_file(source).read_all()).run()
