"""Where the sample traces are: in the wheel, or beside the source of an editable install."""

from pathlib import Path

import tracetui
from tracetui.headless.command_error import USAGE, CommandError

_PACKAGE = Path(tracetui.__file__).parent
_DIRECTORIES = (_PACKAGE / "sample_traces", _PACKAGE.parent.parent / "sample_traces")
_SUFFIXES = frozenset({".json", ".jsonl", ".pb", ".gz", ".zst"})


def samples() -> dict[str, Path]:
    """Return the sample traces by name, which is the file's up to its first dot.

    Raises:
        CommandError: If this installation has none.
    """
    for directory in _DIRECTORIES:
        if directory.is_dir():
            files = sorted(path for path in directory.iterdir() if path.suffix in _SUFFIXES)
            return {path.name.partition(".")[0]: path for path in files}
    raise CommandError(f"this installation has no sample traces (looked in {_DIRECTORIES[0]})")


def sample_paths(name: str | None) -> list[str]:
    """Return the path of the sample called `name`, or of all.

    Raises:
        CommandError: If there is no such sample.
    """
    found = samples()
    if name is None:
        return [str(path) for path in found.values()]
    if name not in found:
        raise CommandError(f"no sample {name!r}; there are: {', '.join(found)}", USAGE)
    return [str(found[name])]
