"""Reads what a cache says of the sources it was made from."""

from dataclasses import dataclass

import msgspec
from tracetui_loaders.base import ResumePoint
from tracetui_loaders.identity import Identity

from tracetui_store.statements import Statements


@dataclass(frozen=True, slots=True)
class SavedSource:
    """A source of a published cache: what it looked like, and where it can be read on."""

    source_id: int
    path: str
    format: str | None
    identity: Identity
    resume: ResumePoint | None


def saved_sources(reader: Statements) -> list[SavedSource]:
    """Return what each source looked like when it was read, and where it can be read on."""
    found: list[SavedSource] = []
    for source_id, path, chosen, identity, offset, line, inside, ordinal in reader.rows(
        "queries/source_states"
    ):
        resume = None if offset is None else ResumePoint(offset, line, inside, ordinal)
        saved = Identity.from_dict(msgspec.json.decode(identity))
        found.append(SavedSource(source_id, path, chosen, saved, resume))
    return found
