"""`--filter` of the headless commands."""

from tracetui_store.predicates import Predicate, PredicateError
from tracetui_store.protocol import TraceReader

from tracetui.filter.errors import FilterError
from tracetui.filter.fields import Level
from tracetui.filter.language import read
from tracetui.filter.quantities import Clock
from tracetui.headless.command_error import USAGE, CommandError


def predicate(reader: TraceReader, text: str, level: Level) -> Predicate:
    """Return the predicate of a filter; times of day are about the day of the newest trace.

    Raises:
        CommandError: If `text` is no filter.
    """
    newest = reader.traces(limit=1)["start_time_unix_nano"].to_pylist()
    try:
        return read(text, level, Clock.local(newest[0] if newest else None))
    except FilterError as wrong:
        raise CommandError(f"the filter: {wrong}\n  {text}\n  {wrong.caret}", USAGE) from None


def cannot_ask(error: PredicateError) -> CommandError:
    """Return what to tell the user of a filter that the store refuses."""
    return CommandError(f"the filter: {error}", USAGE)
