"""`tracetui doctor`: what became of every file and of every line that was not simply read."""

from collections.abc import Iterator, Sequence
from typing import Any

from tracetui_store.protocol import TraceReader
from tracetui_store.rows import FileRow, ProblemRow

from tracetui.headless.command_error import CommandError
from tracetui.headless.load_options import LoadOptions
from tracetui.headless.loading import stored
from tracetui.headless.output import say_json, say_lines, shorten
from tracetui.view_models import format as fmt

MIXED = "mixed"
"""The format of a load whose files are not all of one."""

MAX_PROBLEMS = 1_000
"""Problems of one file that JSON lists; `problem_count` has them all."""
_SHOWN_PROBLEMS = 20


def run(paths: Sequence[str], *, as_json: bool, options: LoadOptions) -> None:
    """Print the ingest report of `paths`.

    Raises:
        CommandError: After the report, if nothing in `paths` could be read.
    """
    with stored(paths, options) as (store, problem), store.reader() as reader:
        files = reader.files()
        if not files and problem is not None:
            raise CommandError(problem)
        if as_json:
            say_json(report_json(reader, files))
        else:
            say_lines(_lines(reader, files))
        if problem is not None:
            raise CommandError(problem)


def report_json(reader: TraceReader, files: Sequence[FileRow]) -> dict[str, Any]:
    """Return the report under the names scripts rely on (DESIGN §7)."""
    formats = {file.format for file in files}
    return {
        "format": formats.pop() if len(formats) == 1 else MIXED if formats else None,
        "files": [_file_json(reader, file) for file in files],
    }


def _file_json(reader: TraceReader, file: FileRow) -> dict[str, Any]:
    problems = reader.problems(file.source_id, limit=MAX_PROBLEMS)
    return {
        "path": file.path,
        "format": file.format,
        "reason": file.reason,
        "state": file.state,
        "bytes": file.bytes if file.bytes is not None else file.bytes_done,
        "lines": {
            "ok": file.ok,
            "repaired": file.repaired,
            "rejected": file.rejected,
            "blank": file.blank,
            "tail": file.tail,
        },
        "spans": file.spans,
        "traces": file.traces,
        "events": file.events,
        "links": file.links,
        "logs": file.logs,
        "metric_points": file.metric_points,
        "duplicates": file.duplicates,
        "orphans": file.orphans,
        "problem_count": file.problem_count,
        "problems": [
            {
                "line": problem.line,
                "offset": problem.byte_offset,
                "kind": problem.kind,
                "message": problem.message,
            }
            for problem in problems
        ],
    }


def _lines(reader: TraceReader, files: Sequence[FileRow]) -> Iterator[str]:
    """Yield the report for people."""
    for file in files:
        size = file.bytes if file.bytes is not None else file.bytes_done
        yield f"{file.path}  {fmt.byte_size(size)}"
        yield f"  format     {file.format or 'unknown'}  {file.reason}"
        yield f"  lines      {_counted(file, ('ok', 'repaired', 'rejected', 'blank', 'tail'))}"
        yield f"  found      {_counted(file, ('traces', 'spans', 'events', 'links', 'logs'))}"
        yield f"  check      {_counted(file, ('duplicates', 'orphans'))}"
        if file.metric_points:
            yield f"  metrics    {fmt.count(file.metric_points)} points"
        problems = reader.problems(file.source_id, limit=_SHOWN_PROBLEMS)
        if problems:
            yield f"  problems   {fmt.count(file.problem_count)}"
        for problem in problems:
            yield f"    {_problem(problem)}"
        if file.problem_count > len(problems):
            left = file.problem_count - len(problems)
            yield f"    … {fmt.count(left)} more: --json lists up to {fmt.count(MAX_PROBLEMS)}"
        yield ""


def _counted(file: FileRow, names: Sequence[str]) -> str:
    return "  ".join(f"{fmt.count(getattr(file, name))} {name}" for name in names)


def _problem(problem: ProblemRow) -> str:
    where = f"line {fmt.count(problem.line)}" if problem.line is not None else "file"
    if problem.byte_offset is not None:
        where += f", byte {fmt.count(problem.byte_offset)}"
    return f"{problem.kind}  {where}: {shorten(problem.message, 120)}"
