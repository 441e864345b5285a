"""JSON of no known format: lines, an array, or a document around its records.

Fields are found by their usual names (`generic.names`) or by a mapping file (`generic.mapping`):
ids, times (ISO 8601, or epoch seconds to nanoseconds told apart by magnitude), names, errors,
models, tokens, cost, inputs, outputs, tools. Records with ids of their own are spans; logs and
messages stand below a root for their session, trace or file. Any other format that knows a file
goes first: this one's score is the lowest.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracetui_loaders.base import Batch, Head
from tracetui_loaders.batch import BatchBuilder
from tracetui_loaders.generic.draft import Draft, draft_of, fits, is_record
from tracetui_loaders.generic.groups import Grouping
from tracetui_loaders.generic.mapping import Mapping as FieldMapping
from tracetui_loaders.generic.mapping import at_path, load_mapping
from tracetui_loaders.generic.names import WRAPPERS
from tracetui_loaders.json_load import load_values
from tracetui_loaders.json_values import Place, items_of, reading
from tracetui_loaders.source import Source

SURENESS = 0.05
_LEAST_SHARE = 0.5
_ANY_TIME = "2025-01-01T00:00:00Z"
"""Stands for a value that is not known, as an id, a name or a time."""
_INHERITED = str | int | float


class GenericLoader:
    """Loads JSON records by the usual names of their fields, or by a mapping file."""

    title: ClassVar[str] = "generic JSON"
    resumable: ClassVar[bool] = True

    def __init__(self, mapping: FieldMapping | None = None) -> None:
        self.name = "generic_jsonl"
        self._mapping = mapping
        if mapping is not None:
            # The name says all that another process needs to make this loader again.
            self.name = f"generic_jsonl@{mapping.path}"

    def with_option(self, path: str) -> "GenericLoader":
        """Return a loader that goes by the mapping file at `path`.

        Raises:
            MappingError: If it cannot be used.
        """
        return GenericLoader(load_mapping(path))

    def sniff(self, head: Head) -> float:
        """Return a low score if most of the first records say enough to become spans."""
        records = [
            record
            for value in head.values
            for item in items_of(value)
            for record, _ in records_of(item, None)
        ]
        if not head.values:
            # A document larger than the head: its keys are all there is.
            records = [dict.fromkeys(keys, _ANY_TIME) for keys in head.keys]
        fitting = sum(1 for record in records if fits(record))
        return SURENESS if fitting and fitting >= _LEAST_SHARE * len(records) else 0.0

    def load(self, source: Source, source_id: int) -> Iterator[Batch]:
        """Yield batches of some thousand spans, in file order."""
        mapping = self._mapping
        groupings: dict[int, Grouping] = {}

        def grouping_of(builder: BatchBuilder) -> Grouping:
            # A last line is tried on a builder of its own, whose state must not stay.
            known = groupings.get(id(builder))
            if known is None:
                service = mapping.constants.get("service_name") if mapping else None
                service = service if isinstance(service, str) else None
                known = groupings[id(builder)] = Grouping(source.path, builder, service)
            return known

        def read(value: Any, place: Place) -> bool:
            return _read(value, place, grouping_of(place.builder), mapping)

        yield from load_values(source, source_id, reading("a record of a trace", read))


def records_of(value: Any, mapping: FieldMapping | None) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Yield the records that a value holds, each with what the document around them says."""
    if isinstance(value, dict):
        inner = at_path(value, mapping.records) if mapping and mapping.records else None
        if inner is None and mapping is None:
            inner = next((value[name] for name in WRAPPERS if _are_records(value.get(name))), None)
            if inner is not None and _is_record(value):
                inner = None
        if isinstance(inner, list):
            around = {
                key: item
                for key, item in value.items()
                if isinstance(item, _INHERITED) and not isinstance(item, bool)
            }
            for item in items_of(inner):
                yield item, around
            return
    yield value, {}


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _is_record(value: Mapping[str, Any]) -> bool:
    draft = draft_of(value)
    return draft.role is not None or draft.is_span


def _read(value: Any, place: Place, grouping: Grouping, mapping: FieldMapping | None) -> bool:
    """Add what a value holds; return whether any of it is a record."""
    known = False
    strangers = 0
    for index, (record, around) in enumerate(records_of(value, mapping)):
        draft = _draft(record, around, mapping)
        if draft is None:
            strangers += 1
            continue
        known = True
        grouping.add(draft, place.line, place.offset, index)
        place.added += 1
    if known and strangers:
        place.reject(f"{strangers:,} of the records here say nothing that a span could show")
    return known


def _draft(record: Any, around: Mapping[str, Any], mapping: FieldMapping | None) -> Draft | None:
    """Return what a record says, with what the document around it says of all; None if nothing."""
    if not isinstance(record, dict):
        return None
    draft = draft_of(record, mapping)
    if not (is_record(draft) if mapping is None else fits(record, mapping)):
        return None
    if around and mapping is None:
        for name, value in draft_of(_shared(around)).found.items():
            if name in _FROM_AROUND:
                draft.found.setdefault(name, value)
    return draft


_FROM_AROUND = ("trace_id", "session_id", "model", "agent_name", "service_name", "user_id")


def _shared(around: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a document holds for its records: an `id` there names the trace."""
    return {("trace_id" if key == "id" else key): value for key, value in around.items()}


LOADER = GenericLoader()
