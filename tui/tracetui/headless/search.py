"""`tracetui search`: where a text stands in all that was loaded."""

from collections.abc import Sequence

from tracetui_store.predicates import PredicateError

from tracetui.headless.command_error import USAGE, CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import loaded
from tracetui.headless.output import say, say_json, say_lines, table_lines
from tracetui.headless.traces import numbered, pick
from tracetui.view_models import format as fmt
from tracetui.view_models.hits import Hit, around, hits_of, needle_of

DEFAULT_LIMIT = 50
DEFAULT_JSON_LIMIT = 1_000
_SNIPPET = 100
_SHORT_ID = 12


def run(
    paths: Sequence[str],
    text: str,
    *,
    trace: str | None,
    limit: int | None,
    as_json: bool,
    options: LoadOptions,
) -> None:
    """Print the first hits and how many there are in all.

    Raises:
        CommandError: If there is nothing to look for, or no such trace.
    """
    default = DEFAULT_JSON_LIMIT if as_json else DEFAULT_LIMIT
    most = default if limit is None else limit
    hits: list[Hit] = []
    count = 0
    with loaded(paths, options) as reader:
        wanted = None if trace is None else pick(numbered(reader), trace)["trace_id"]
        try:
            for part in reader.search(text, wanted):
                room = max(most - len(hits), 0) if most else part.hits.num_rows
                hits += hits_of(part.hits.slice(0, room))
                count += part.hits.num_rows
        except PredicateError as error:
            raise CommandError(str(error), USAGE) from error
    if as_json:
        found = [_as_object(hit) for hit in hits]
        say_json({"count": count, "hits": found, "truncated": count > len(hits)})
        return
    if not hits:
        say("no match")
        return
    say_lines(_lines(hits, text))
    if count > len(hits):
        say(f"… {fmt.count(count - len(hits))} more hits: --limit 0 shows all")


def _as_object(hit: Hit) -> dict[str, object]:
    names = ("row_id", "trace_id", "span_id", "name", "field", "snippet")
    return {name: getattr(hit, name) for name in names}


def _lines(hits: Sequence[Hit], text: str) -> list[str]:
    needle = needle_of(text)
    heads = ["trace", "span id", "span", "in", "text"]
    cells = [
        [
            (hit.trace_id or fmt.UNKNOWN)[:_SHORT_ID],
            hit.span_id or fmt.UNKNOWN,
            hit.name or fmt.UNKNOWN,
            hit.where,
            around(hit.snippet, needle, _SNIPPET),
        ]
        for hit in hits
    ]
    return table_lines(heads, cells, left=heads, width=_SNIPPET)
