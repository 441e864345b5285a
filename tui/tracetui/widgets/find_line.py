"""The prompt of a pane of its own: it stays to say which match is shown."""

from tracetui.widgets.search_line import SearchLine


class FindLine(SearchLine, inherit_css=False):
    """A search prompt below one pane, which a screen's query for its own prompt does not meet."""

    DEFAULT_CSS = (
        SearchLine.DEFAULT_CSS.replace("SearchLine", "FindLine")
        + "FindLine { width: 1fr; layout: horizontal; overflow: hidden hidden; }"
    )

    def show_place(self, at: int, count: int, *, more: bool) -> None:
        """Say which match is shown and how many there are, or may be."""
        total = f"{count:,}{'+' if more else ''}"
        if at >= 0:
            self.show_words(f"{at + 1:,} of {total}")
        else:
            self.show_words("1 match" if count == 1 and not more else f"{total} matches")
