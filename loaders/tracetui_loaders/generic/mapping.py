"""Mapping files: where a house format keeps what, in TOML.

    service_name = "acme-agent"          # a constant may stand for any field: [constants]

    [records]
    path = "log.entries"                 # where in a document its records are

    [fields]                             # field = dotted path in a record
    trace_id = "ctx.trace"
    name = "op"
    start = "t0"
    duration = "took"
    input_tokens = "llm.usage.in"

    [units]                              # ns, us, ms, s or iso; else told by magnitude
    start = "ms"
    duration = "s"

    [kinds]                              # what the field `kind` says = the kind of the span
    think = "llm"
    act = "tool"

    [constants]
    provider = "openai"

A path goes through objects by key and through arrays by number. A key with dots in it is found
too: the longest that fits is taken.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracetui_loaders.generic.names import FIELDS
from tracetui_loaders.schema import KINDS

UNITS = ("ns", "us", "ms", "s", "iso")
_TIMES = ("start", "time", "end", "duration")
_SECTIONS = ("fields", "units", "kinds", "constants", "records")
_LARGEST = 1 << 20


class MappingError(Exception):
    """A mapping file that cannot be used; its text names the file, the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, validated."""

    path: str
    fields: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    records: str | None = None

    def read(self, record: AbstractMapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fields of `record`, and what of it no field took."""
        found = dict(self.constants)
        taken: set[str] = set()
        for name, path in self.fields.items():
            value = at_path(record, path)
            if value is not None:
                found[name] = value
                taken.add(path)
        return found, {key: value for key, value in record.items() if key not in taken}


def at_path(value: Any, path: str) -> Any:
    """Return what stands at a dotted path, or None."""
    parts = path.split(".")
    while parts:
        if isinstance(value, list):
            if not parts[0].isdecimal() or int(parts[0][:9]) >= len(value):
                return None
            value = value[int(parts.pop(0)[:9])]
            continue
        if not isinstance(value, dict):
            return None
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in value:
                value, parts = value[key], parts[length:]
                break
        else:
            return None
    return value


def load_mapping(path: str) -> Mapping:
    """Read and check a mapping file.

    Raises:
        MappingError: If it cannot be read, is not TOML, or says what it cannot.
    """
    try:
        data = Path(path).read_bytes()[: _LARGEST + 1]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MappingError(f"{path}: {reason}") from error
    if len(data) > _LARGEST:
        raise MappingError(f"{path}: larger than 1 MB: this is no mapping file")
    try:
        text = data.decode("utf-8")
        content = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: not UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"{path}: not TOML: {error}") from error
    return _Check(path, text).mapping(content)


@dataclass(frozen=True, slots=True)
class _Check:
    """Checks a mapping file and says where it is wrong."""

    path: str
    text: str

    def mapping(self, content: dict[str, Any]) -> Mapping:
        for name, value in content.items():
            if isinstance(value, dict) and name not in _SECTIONS:
                raise self._error(f"[{name}]", name, _SECTIONS, "section")
        constants = self._constants(content)
        fields = self._texts(content, "fields", 'a dotted path, like "ctx.trace"')
        for name in fields:
            self._field(name)
        units = self._texts(content, "units", 'a unit, like "ms"')
        for name, unit in units.items():
            if name not in _TIMES:
                raise self._error(name, name, _TIMES, "time")
            if unit not in UNITS or (unit == "iso" and name == "duration"):
                raise self._error(f"{name} = {unit!r}", unit, UNITS, "unit")
        kinds = self._texts(content, "kinds", 'a kind, like "llm"')
        for said, kind in kinds.items():
            if kind not in KINDS:
                raise self._error(f"{said} = {kind!r}", kind, KINDS, "kind", key=said)
        if not fields:
            raise MappingError(f"{self.path}: [fields] is missing or empty: it says where what is")
        records = self._texts(content, "records", 'a dotted path, like "log.entries"')
        for name in records:
            if name != "path":
                raise self._error(name, name, ("path",), "setting of [records]")
        return Mapping(self.path, fields, units, kinds, constants, records.get("path"))

    def _constants(self, content: dict[str, Any]) -> dict[str, Any]:
        found = {key: value for key, value in content.items() if not isinstance(value, dict)}
        found |= self._section(content, "constants")
        for name, value in found.items():
            self._field(name)
            if isinstance(value, list | dict):
                raise self._wrong(name, "a constant is text, a number or a boolean")
        return found

    def _section(self, content: dict[str, Any], name: str) -> dict[str, Any]:
        value = content.get(name, {})
        if not isinstance(value, dict):
            raise self._wrong(name, f"write it as a section: [{name}]")
        return value

    def _texts(self, content: dict[str, Any], section: str, what: str) -> dict[str, str]:
        found = self._section(content, section)
        for name, value in found.items():
            if not isinstance(value, str) or not value:
                raise self._wrong(name, f"in [{section}] it must be {what}")
        return found

    def _field(self, name: str) -> None:
        if name not in FIELDS:
            raise self._error(name, name, tuple(FIELDS), "field")

    def _error(
        self, shown: str, given: str, known: tuple[str, ...], what: str, key: str | None = None
    ) -> MappingError:
        near = difflib.get_close_matches(given, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(known)}"
        return self._wrong(key or given, f"{shown} is no {what}; {hint}", named=True)

    def _wrong(self, key: str, message: str, *, named: bool = False) -> MappingError:
        line = self._line_of(key)
        where = f"{self.path}:{line}" if line else self.path
        return MappingError(f"{where}: {message}" if named else f"{where}: {key}: {message}")

    def _line_of(self, key: str) -> int | None:
        """Return the first line that names `key`, or has it as its value."""
        name = re.escape(key)
        for pattern in (rf"^\s*\[?\s*[\"']?{name}[\"']?\s*[=\].]", rf"=\s*[\"']{name}[\"']"):
            match = re.search(pattern, self.text, re.MULTILINE)
            if match is not None:
                return self.text.count("\n", 0, match.end()) + 1
        return None
