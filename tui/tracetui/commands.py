"""Every key and command, declared once: binding, footer, palette and help all come from here.

One key has one meaning everywhere (DESIGN §6). A group belongs to the node whose `action_…`
methods it names. Users remap keys through the ids.
"""

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """A thing the user can do: its id, keys, action and words."""

    id: str
    keys: str
    """Comma-separated Textual keys, the first one shown."""
    action: str
    description: str
    """A short imperative phrase, for help and palette."""
    label: str = ""
    """One or two words for the footer; empty keeps it out of the footer."""
    shown_as: str = ""
    """The keys as help prints them, where Textual's names are not how people write them."""


APP = (
    Command("app.help", "question_mark,f1", "help", "Show the keys", "help", "? F1"),
    Command("app.palette", "ctrl+p", "command_palette", "Open the command palette", "palette"),
    Command("view.traces", "1", "view_traces", "Go to the list of traces", shown_as="1"),
    Command("view.trace", "2", "view_trace", "Go to the trace under the cursor", shown_as="2"),
    Command("view.conversation", "3", "view_conversation", "Go to the conversation", shown_as="3"),
    Command("view.loops", "4", "view('loops')", "Go to the loops", shown_as="4"),
    Command("view.cost", "5", "view('cost')", "Go to the cost", shown_as="5"),
    Command("view.errors", "6", "view('errors')", "Go to the errors", shown_as="6"),
    Command("view.agents", "7", "view('agents')", "Go to the agents", shown_as="7"),
    Command("search.text", "ctrl+g", "search_text", "Search all text of what is loaded"),
    Command("sql.open", "semicolon", "sql", "Open the SQL console", shown_as=";"),
    Command("view.report", "ctrl+r", "view_report", "Show the ingest report", shown_as="ctrl+r"),
    Command("live.follow", "t", "toggle_follow", "Follow what is appended", shown_as="t"),
    Command("app.theme", "ctrl+t", "toggle_dark", "Switch between dark and light"),
    Command("app.back", "q", "back_or_quit", "Step back; on the landing screen quit"),
    Command("app.suspend", "ctrl+z", "suspend_process", "Suspend"),
    Command("app.quit", "ctrl+q", "quit", "Quit"),
)

LIST = (
    Command("list.open", "enter", "open", "Open the trace under the cursor", "open", "Enter"),
    Command("list.down", "j,down", "cursor(1)", "Next row", shown_as="j ↓"),
    Command("list.up", "k,up", "cursor(-1)", "Previous row", shown_as="k ↑"),
    Command("list.top", "g,home", "top", "First row", shown_as="g Home"),
    Command("list.bottom", "G,end", "bottom", "Last row", shown_as="G End"),
    Command("list.page_down", "pagedown", "page(1)", "A page down", shown_as="PgDn"),
    Command("list.page_up", "pageup", "page(-1)", "A page up", shown_as="PgUp"),
    Command("list.half_down", "ctrl+d", "page(0.5)", "Half a page down"),
    Command("list.half_up", "ctrl+u", "page(-0.5)", "Half a page up"),
    Command("list.sort", "s", "sort", "Sort by the next column", "sort"),
    Command("list.reverse", "S", "reverse", "Reverse the order", shown_as="S"),
    Command("list.sort_menu", "ctrl+s", "sort_menu", "Choose what to sort by"),
    Command("list.columns", "C", "columns", "Choose columns", shown_as="C"),
    Command("list.left", "h,left", "scroll_columns(-1)", "Scroll columns left", shown_as="h ←"),
    Command("list.right", "l,right", "scroll_columns(1)", "Scroll columns right", shown_as="l →"),
    Command("list.next_error", "e", "next_error(1)", "Next trace with an error"),
    Command("list.previous_error", "E", "next_error(-1)", "Previous trace with an error"),
    Command("list.fold", "space", "fold", "Fold or unfold the group", shown_as="Space"),
    Command("list.fold_all", "underscore", "fold_all", "Fold or unfold every group", "", "_"),
    Command("list.mark", "m", "mark", "Mark the trace or group, or not any more", shown_as="m"),
)

BROWSE = (
    Command("browse.facets", "backslash", "facets", "Choose values to filter to", "facets", "\\"),
    Command("browse.group", "B", "group", "Group by session, agent, service, day", "group", "B"),
    Command("browse.preview", "P", "preview", "Preview the trace under the cursor", "", "P"),
    Command("browse.marked", "M", "marked", "Only what is marked, or everything", shown_as="M"),
    Command("browse.earlier", "left_square_bracket", "window(-1)", "Time window before", "", "["),
    Command("browse.later", "right_square_bracket", "window(1)", "Time window after", "", "]"),
    Command("browse.narrow", "z", "narrow", "Narrow the time window", shown_as="z"),
    Command("browse.reset", "Z", "reset_window", "Show all of the time", shown_as="Z"),
    Command("browse.back", "escape", "step_back", "Back to the list, to all of it", "", "Esc"),
)

FACETS = (
    Command("facets.toggle", "space,enter", "tick", "Filter to the value", "choose", "Space Enter"),
    Command("facets.down", "j,down", "cursor(1)", "Next value", shown_as="j ↓"),
    Command("facets.up", "k,up", "cursor(-1)", "Previous value", shown_as="k ↑"),
    Command("facets.top", "g,home", "top", "First value", shown_as="g Home"),
    Command("facets.bottom", "G,end", "bottom", "Last value", shown_as="G End"),
    Command("facets.page_down", "pagedown", "page(1)", "A page down", shown_as="PgDn"),
    Command("facets.page_up", "pageup", "page(-1)", "A page up", shown_as="PgUp"),
)

SEARCH = (
    Command("search.open", "slash", "search", "Search names", "search", "/"),
    Command("search.next", "n", "next_match(1)", "Next match", shown_as="n"),
    Command("search.previous", "N", "next_match(-1)", "Previous match", shown_as="N"),
)

FILTER = (
    Command("filter.open", "f", "filter", "Filter"),
    Command("filter.value", "F", "filter_value", "Filter to the value under the cursor"),
    Command("filter.sql", "ctrl+f", "filter_sql", "Show the filter as SQL"),
)

TRACE = (
    Command("trace.back", "escape", "back", "Back to the list", "back", "Esc"),
    Command("trace.previous", "left_square_bracket", "step(-1)", "Previous trace", shown_as="["),
    Command("trace.next", "right_square_bracket", "step(1)", "Next trace", shown_as="]"),
    Command("trace.copy", "y", "copy", "Copy what the focused pane shows", "copy"),
)

OUT = (
    Command("out.menu", "Y", "copy_menu", "Choose what to copy", shown_as="Y"),
    Command("out.edit", "v", "edit", "Open in $EDITOR", shown_as="v"),
    Command("out.pipe", "vertical_line", "pipe", "Pipe into $PAGER", shown_as="|"),
    Command("out.export", "X", "export", "Write to a file", shown_as="X"),
)

WATERFALL = (
    Command("tree.open", "enter", "open", "Go to the span's details", "details", "Enter"),
    Command("tree.down", "j,down", "cursor(1)", "Next span", shown_as="j ↓"),
    Command("tree.up", "k,up", "cursor(-1)", "Previous span", shown_as="k ↑"),
    Command("tree.top", "g,home", "top", "First span", shown_as="g Home"),
    Command("tree.bottom", "G,end", "bottom", "Last span", shown_as="G End"),
    Command("tree.page_down", "pagedown", "page(1)", "A page down", shown_as="PgDn"),
    Command("tree.page_up", "pageup", "page(-1)", "A page up", shown_as="PgUp"),
    Command("tree.half_down", "ctrl+d", "page(0.5)", "Half a page down"),
    Command("tree.half_up", "ctrl+u", "page(-0.5)", "Half a page up"),
    Command("tree.left", "h,left", "collapse_or_parent", "Fold, or go to the parent", "", "h ←"),
    Command("tree.right", "l,right", "expand_or_child", "Unfold, or go to the child", "", "l →"),
    Command("tree.fold", "space", "toggle_fold", "Fold or unfold the span", "fold", "Space"),
    Command("tree.deeper", "plus", "level(1)", "Unfold one level more", shown_as="+"),
    Command("tree.shallower", "minus", "level(-1)", "Fold one level more", shown_as="-"),
    Command("tree.subtree", "asterisk", "toggle_subtree", "Unfold the whole subtree", "", "*"),
    Command("tree.all", "underscore", "toggle_all", "Fold or unfold everything", "", "_"),
    Command("tree.next_sibling", "J", "sibling(1)", "Next sibling", shown_as="J"),
    Command("tree.previous_sibling", "K", "sibling(-1)", "Previous sibling", shown_as="K"),
    Command("tree.next_error", "e", "next_error(1)", "Next error", "error"),
    Command("tree.previous_error", "E", "next_error(-1)", "Previous error", shown_as="E"),
    Command("tree.costliest", "dollar_sign", "costliest", "Costliest model call", shown_as="$"),
    Command("tree.slowest", "exclamation_mark", "slowest", "Slowest leaf", shown_as="!"),
    Command("tree.link", "L", "link", "Go to the linked span", shown_as="L"),
    Command("tree.path", "c", "toggle_path", "Show the critical path", shown_as="c"),
    Command("tree.icicle", "I", "toggle_icicle", "Draw as an icicle or as a tree", shown_as="I"),
    Command("tree.matching", "ampersand", "toggle_matching", "Only what the search found", "", "&"),
    Command("tree.small", "H", "toggle_small", "Hide what is short or cheap", shown_as="H"),
    Command("tree.columns", "C", "columns", "Choose columns", shown_as="C"),
    Command("time.zoom", "z", "zoom", "Zoom to the span under the cursor", "zoom"),
    Command("time.reset", "Z", "zoom_reset", "Show the whole trace", shown_as="Z"),
    Command("time.pan_left", "less_than_sign", "pan(-1)", "Pan to earlier", shown_as="<"),
    Command("time.pan_right", "greater_than_sign", "pan(1)", "Pan to later", shown_as=">"),
    Command("time.fit", "equals_sign", "zoom_rows", "Fit the rows on screen", shown_as="="),
    Command("time.idle", "i", "toggle_idle", "Leave idle time out of the axis", shown_as="i"),
    Command("time.absolute", "T", "toggle_absolute", "Clock time or time from start", "", "T"),
)

DETAIL = (
    Command("detail.next_tab", "l,right", "tab(1)", "Next tab", shown_as="l →"),
    Command("detail.previous_tab", "h,left", "tab(-1)", "Previous tab", shown_as="h ←"),
    Command("detail.search", "slash", "search", "Find in the text", "find", "/"),
    Command("detail.next", "n", "next_match(1)", "Next place in the text", shown_as="n"),
    Command("detail.previous", "N", "next_match(-1)", "Previous place in the text", shown_as="N"),
    Command(
        "detail.activate", "enter,space", "activate", "Follow, fold or unfold", "", "Enter Space"
    ),
    Command("detail.fold_all", "x", "fold_all", "Fold or unfold all JSON", shown_as="x"),
    Command("detail.back", "escape", "back", "Back to the tree", "tree", "Esc"),
)

TEXT = (
    Command("text.down", "j,down", "scroll_lines(1)", "A line down", shown_as="j ↓"),
    Command("text.up", "k,up", "scroll_lines(-1)", "A line up", shown_as="k ↑"),
    Command("text.top", "g,home", "top", "To the beginning", shown_as="g Home"),
    Command("text.bottom", "G,end", "bottom", "To the end", shown_as="G End"),
    Command("text.page_down", "pagedown", "page(1)", "A page down", shown_as="PgDn"),
    Command("text.page_up", "pageup", "page(-1)", "A page up", shown_as="PgUp"),
    Command("text.half_down", "ctrl+d", "page(0.5)", "Half a page down"),
    Command("text.half_up", "ctrl+u", "page(-0.5)", "Half a page up"),
    Command("text.wrap", "w", "toggle_wrap", "Wrap long lines or not", "wrap"),
    Command("text.raw", "r", "toggle_raw", "Raw or pretty", "raw"),
)

CONVERSATION = (
    Command("chat.back", "escape", "back", "Step back", "back", "Esc"),
    Command("chat.open", "enter", "open", "Go to the span in the tree", "span", "Enter"),
    Command("chat.expand", "x,space", "expand", "Expand or fold", "expand", "x Space"),
    Command("chat.full", "d", "toggle_full", "What is new, or all that was sent", "full", "d"),
    Command("chat.next_turn", "right_curly_bracket", "turn(1)", "Next turn", "turn", "}"),
    Command("chat.previous_turn", "left_curly_bracket", "turn(-1)", "Previous turn", "", "{"),
    Command("chat.next_agent", "l,right", "agent(1)", "Next agent", shown_as="l →"),
    Command("chat.previous_agent", "h,left", "agent(-1)", "Previous agent", shown_as="h ←"),
    Command("chat.next_error", "e", "next_error(1)", "Next turn with an error", "", "e"),
    Command("chat.previous_error", "E", "next_error(-1)", "Previous turn with an error", "", "E"),
    Command("chat.copy", "y", "copy", "Copy the turn as Markdown", "copy", "y"),
    Command("chat.previous", "left_square_bracket", "step(-1)", "Previous trace", shown_as="["),
    Command("chat.next", "right_square_bracket", "step(1)", "Next trace", shown_as="]"),
)


def _moves(prefix: str) -> tuple[Command, ...]:
    """Return the commands that every list of rows has."""
    return (
        Command(f"{prefix}.down", "j,down", "cursor(1)", "Next row", shown_as="j ↓"),
        Command(f"{prefix}.up", "k,up", "cursor(-1)", "Previous row", shown_as="k ↑"),
        Command(f"{prefix}.top", "g,home", "top", "First row", shown_as="g Home"),
        Command(f"{prefix}.bottom", "G,end", "bottom", "Last row", shown_as="G End"),
        Command(f"{prefix}.page_down", "pagedown", "page(1)", "A page down", shown_as="PgDn"),
        Command(f"{prefix}.page_up", "pageup", "page(-1)", "A page up", shown_as="PgUp"),
        Command(f"{prefix}.half_down", "ctrl+d", "page(0.5)", "Half a page down"),
        Command(f"{prefix}.half_up", "ctrl+u", "page(-0.5)", "Half a page up"),
    )


RESULT = (
    Command("result.open", "enter", "open", "Open the trace or span of the row", "open", "Enter"),
    *_moves("result"),
    Command("result.left", "h,left", "scroll_columns(-1)", "Scroll columns left", shown_as="h ←"),
    Command("result.right", "l,right", "scroll_columns(1)", "Scroll columns right", shown_as="l →"),
    Command("result.copy", "y", "copy", "Copy the row as JSON", "copy"),
    Command("result.export", "X", "export", "Write the result to a file", "export", "X"),
    Command("result.back", "escape", "back", "Step back", "back", "Esc"),
)

FIND = (
    Command("find.open", "enter", "open", "Go to the span of the hit", "span", "Enter"),
    *_moves("find"),
    Command("find.back", "escape", "back", "Stop the search, or step back", "back", "Esc"),
)

TABLE = (
    Command("table.open", "enter", "open", "Go to the span or the traces", "open", "Enter"),
    *_moves("table"),
    Command("table.back", "escape", "back", "Step back", "back", "Esc"),
)

COST = (
    Command("cost.next", "l,right", "by(1)", "By the next: agent, tool, …", "by", "l →"),
    Command("cost.previous", "h,left", "by(-1)", "By the one before", shown_as="h ←"),
)

AGENTS = (
    Command("agents.open", "enter", "open", "Show the traces of the agent", "traces", "Enter"),
    *_moves("agents"),
    Command("agents.back", "escape", "back", "Step back", "back", "Esc"),
)

GROUPS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    ("Everywhere", APP),
    ("Traces", LIST + BROWSE),
    ("Facets", FACETS),
    ("Search", SEARCH),
    ("Filter", FILTER),
    ("Trace", TRACE),
    ("Copy, open, save", OUT),
    ("Tree and timeline", WATERFALL),
    ("Details", DETAIL + TEXT),
    ("Conversation", CONVERSATION),
    ("Find in all text", FIND),
    ("SQL console", RESULT),
    ("Loops, cost, errors", TABLE + COST),
    ("Agents", AGENTS),
)
"""What help shows, in its order."""


def bindings(*groups: tuple[Command, ...]) -> list[BindingType]:
    """Return the Textual bindings of `groups`, with ids for remapping and help as tooltip."""
    return [
        Binding(
            command.keys,
            command.action,
            command.label or command.description,
            show=bool(command.label),
            key_display=command.shown_as.split(" ")[0] or None,
            id=command.id,
            tooltip=command.description,
        )
        for group in groups
        for command in group
    ]
