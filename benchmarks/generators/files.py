"""Generated files on disk, written once."""

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.generators import claude_code, codex, flat, jaeger, langfuse, otlp


def _of_lines(lines: Callable[..., Iterator[bytes]]) -> Callable[..., Iterator[bytes]]:
    def made(count: int, *, seed: int, largest: int | None) -> Iterator[bytes]:
        del largest  # sessions are of one length
        return lines(count, seed=seed)

    return made


FORMATS: dict[str, Callable[..., Iterator[bytes]]] = {
    "otlp": otlp.lines,
    "flat": flat.lines,
    "claude-code": _of_lines(claude_code.lines),
    "codex": _of_lines(codex.lines),
    "jaeger": jaeger.lines,
    "langfuse": langfuse.lines,
}


def write(path: Path, kind: str, count: int, *, seed: int = 7, largest: int | None = None) -> None:
    """Write `count` spans (of Claude Code and Codex: lines); the file appears when it is whole."""
    unfinished = path.with_name(f"{path.name}.tmp")
    with unfinished.open("wb") as file:
        file.writelines(FORMATS[kind](count, seed=seed, largest=largest))
    unfinished.replace(path)


def file_of(folder: Path, kind: str, count: int) -> Path:
    """Return the file of that kind and size in `folder`, written now if it is not there."""
    path = folder / f"{kind}-{count}.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write(path, kind, count)
    return path
