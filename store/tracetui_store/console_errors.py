"""What DuckDB says of a user's SQL, in plain words and with its place."""

import re

import duckdb

from tracetui_store.protocol import SqlError

_EXCERPT = re.compile(r"LINE (\d+): (.*)\n( *)(\^+)")
_KIND = re.compile(r"^(?:\w+ )*?\w+ Error: ")
_NAMED = re.compile(r'(?:Table with name|Function with name|column|name|alias|table) "?([\w.]+)"?')
_MOST = 300


def words(error: Exception, text: str) -> SqlError:
    """Return what is wrong with `text`, and where as far as DuckDB says so.

    Args:
        error: What DuckDB or Arrow raised.
        text: The statement, to find the place in.
    """
    told = str(error)
    message = _KIND.sub("", _EXCERPT.split(told)[0].split("\n\nPossible solutions")[0].strip())
    first, *more = message.splitlines() or [type(error).__name__]
    hints = [line for line in more if line.startswith(("Did you mean", "Candidate bindings"))]
    if isinstance(error, duckdb.OutOfMemoryException):
        return SqlError("this needs more memory than there is: ask for fewer rows or columns")
    if "read-only mode" in first:
        return SqlError("the console only reads: this query would write")
    if "Max expression depth" in first:
        return SqlError("this is nested too deeply")
    if "maximum total string size" in told or "offset of" in told:
        return SqlError("these texts are too long for one answer: take left(column, 1000) of them")
    if "configuration has been locked" in first or "disabled by configuration" in first:
        first = "the console reads what is loaded, nothing else"
    said = ". ".join([first.rstrip(".!"), *hints])[:_MOST]
    return SqlError(said, *_place(told, first, text))


def _place(told: str, message: str, text: str) -> tuple[int | None, int]:
    """Return where the fault is in `text`, in characters, and how long it is."""
    if found := _EXCERPT.search(told):
        number, excerpt = int(found[1]), found[2]
        lines = text.split("\n")
        at = len(found[3]) - len(f"LINE {number}: ")
        if number <= len(lines) and at >= 0:
            line = lines[number - 1]
            before = sum(len(one) + 1 for one in lines[: number - 1])
            # A long line is shown in part, with dots for the rest.
            part = excerpt.removeprefix("...").removesuffix("...")
            start = line.find(part)
            if start >= 0:
                at += start - (3 if excerpt.startswith("...") else 0)
                return min(before + at, len(text)), len(found[4])
    if (named := _NAMED.search(message)) and (
        there := re.search(rf"(?<!\w){re.escape(named[1])}(?!\w)", text, re.IGNORECASE)
    ):
        return there.start(), len(named[1])
    return None, 0
