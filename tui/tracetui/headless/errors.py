"""`tracetui errors`: what went wrong, grouped by cause."""

from collections.abc import Sequence
from dataclasses import asdict

from tracetui_analyses.errors import ErrorGroup, error_groups, spans_of_failed_traces

from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.view_models import format as fmt
from tracetui.view_models import kinds

DEFAULT_LIMIT = 50


def run(paths: Sequence[str], *, limit: int | None, as_json: bool, options: LoadOptions) -> None:
    """Print the error groups of `paths`; JSON has all of them unless `limit` says otherwise."""
    with loaded(paths, options) as reader:
        groups = error_groups(spans_of_failed_traces(reader))
    if as_json:
        say_json([asdict(group) for group in (groups[:limit] if limit else groups)])
        return
    if not groups:
        say("no errors")
        return
    shown = groups[: DEFAULT_LIMIT if limit is None else limit or len(groups)]
    say_lines(_lines(shown))
    if len(shown) < len(groups):
        say(f"… {fmt.count(len(groups) - len(shown))} more groups: --limit 0 shows all")


def _lines(groups: Sequence[ErrorGroup]) -> list[str]:
    heads = ["count", "traces", "first", "last", "type", "message", "example"]
    cells = [
        [
            fmt.count(group.count),
            fmt.count(group.traces),
            fmt.clock(group.first_seen_unix_nano, with_date=True),
            fmt.clock(group.last_seen_unix_nano, with_date=True),
            group.error_type or fmt.NOTHING,
            group.fingerprint or "no message",
            f"{kinds.glyph(group.kind)} {group.name or fmt.UNKNOWN} {group.span_id or ''}",
        ]
        for group in groups
    ]
    return table_lines(heads, cells, left=("first", "last", "type", "message", "example"), width=60)
