"""Text and bars measured in cells."""

from rich.cells import cell_len, set_cell_size

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"


def clip(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, with `…` where it was cut."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def bar(share: float, width: int) -> str:
    """Return a bar of `share` of `width` cells, at least an eighth long."""
    eighths = max(round(share * width * 8), 1)
    full, part = divmod(min(eighths, width * 8), 8)
    return "█" * full + (_EIGHTHS[part] if part else "")


def levels(counts: tuple[int, ...]) -> str:
    """Return one cell per count, as high as its share of the greatest; 0 is blank."""
    most = max(counts, default=0)
    return "".join(_LEVELS[-(-count * 8 // most)] if count else " " for count in counts)
