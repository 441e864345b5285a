"""Shows text in the user's editor or pager: a private file, an argument vector, never a shell."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from tracetui.clipboard import plain, private_file
from tracetui.view_models.sanitise import sanitise_block


class ProgramError(Exception):
    """The program cannot be run; the text says why and what to do."""


def editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command of the user's editor.

    Raises:
        ProgramError: If there is none.
    """
    return _command(("VISUAL", "EDITOR"), ("vi", "nano"), environ)


def pager(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command of the user's pager.

    Raises:
        ProgramError: If there is none.
    """
    return _command(("PAGER",), ("less", "more"), environ)


def _command(names: Sequence[str], usual: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    for name in names:
        value = environ.get(name, "").strip()
        if not value:
            continue
        try:
            argv = shlex.split(value)
        except ValueError as error:
            raise ProgramError(f"${name} cannot be read: {error}") from error
        if shutil.which(argv[0]) is None:
            raise ProgramError(f"${name} names {argv[0]}, which is not there")
        return argv
    found = next((program for program in usual if shutil.which(program)), None)
    if found is None:
        raise ProgramError(f"No program for this: set ${names[-1]}")
    return [found]


def edit(argv: Sequence[str], text: str, suffix: str) -> None:
    """Open `text` as it is in an editor, and wait for it. What is changed there is not kept.

    Raises:
        ProgramError: If the editor could not be started or failed.
    """
    path = private_file(plain(text).encode("utf-8"), "tracetui-", suffix)
    try:
        _run([*argv, str(path)], None)
    finally:
        path.unlink(missing_ok=True)


def page(argv: Sequence[str], text: str) -> None:
    """Pipe `text` into a pager, and wait for it.

    Pagers may hand control characters through (`less -r`, `cat`), so they get them as pictures.

    Raises:
        ProgramError: If the pager could not be started or failed.
    """
    _run(list(argv), sanitise_block(text).encode("utf-8", "replace"))


def _run(argv: list[str], data: bytes | None) -> None:
    try:
        ended = subprocess.run(argv, input=data, check=False)  # noqa: S603 - the user's own program
    except BrokenPipeError:
        return  # the pager was left before it had read everything
    except OSError as error:
        raise ProgramError(f"{argv[0]}: {error.strerror or error}") from error
    if ended.returncode:
        raise ProgramError(f"{argv[0]} ended with {ended.returncode}")
