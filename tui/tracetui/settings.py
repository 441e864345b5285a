"""What the user has set: one TOML file, read once, checked before anything is drawn.

The file is `settings.toml` in the user's configuration directory, or the one that `--settings` (or
the variable `TRACETUI_SETTINGS`) names. What it does not say keeps its default. Nothing heavy is
imported where there is no file.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tracetui_analyses.loops import Thresholds

VARIABLE = "TRACETUI_SETTINGS"
"""The environment variable that names the file; empty or unset: the usual place."""


class SettingsError(Exception):
    """A settings file that cannot be used; the text says where and what would do."""


@dataclass(frozen=True, slots=True)
class AppSettings:
    """How the program looks."""

    theme: Literal["dark", "light", "contrast"] = "dark"


@dataclass(frozen=True, slots=True)
class CostSettings:
    """What the user thinks of money."""

    budget_usd: float | None = None
    """Spending above it is marked; None: there is no budget."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, by the sections of the file."""

    app: AppSettings = field(default_factory=AppSettings)
    keys: dict[str, str] = field(default_factory=dict[str, str])
    """Keys of one's own, comma-separated, by command id."""
    loops: dict[str, float] = field(default_factory=dict[str, float])
    """Thresholds of loop detection that differ from the measured ones, by their names."""
    cost: CostSettings = field(default_factory=CostSettings)

    def thresholds(self) -> Thresholds:
        """Return the thresholds of loop detection. Imports numpy.

        Raises:
            SettingsError: If `loops` names one that there is not, or gives one a wrong value.
        """
        from tracetui_analyses.loops.thresholds import Thresholds  # noqa: PLC0415 - numpy

        kinds = {
            each.name: int if each.type in ("int", int) else float for each in fields(Thresholds)
        }
        given: dict[str, Any] = {}
        for name, value in self.loops.items():
            _check_name(name, kinds, "loops")
            if value <= 0 or (kinds[name] is int and value != int(value)):
                wanted = "a whole number above 0" if kinds[name] is int else "a number above 0"
                raise SettingsError(f"loops.{name} = {value:g}: {wanted} is expected")
            given[name] = kinds[name](value)
        return Thresholds(**given)


def settings_path() -> Path | None:
    """Return the file that holds the settings; None if there is none.

    Raises:
        SettingsError: If a file was named and is not there.
    """
    if named := os.environ.get(VARIABLE):
        path = Path(named)
        if not path.is_file():
            raise SettingsError(f"there is no settings file {named}")
        return path
    from platformdirs import user_config_path  # noqa: PLC0415 - `--help` does not need it

    path = user_config_path("tracetui") / "settings.toml"
    return path if path.is_file() else None


def load_settings() -> Settings:
    """Return the user's settings; the defaults where there is no file.

    Raises:
        SettingsError: If the file cannot be read, is no TOML, or holds what is no setting.
    """
    path = settings_path()
    if path is None:
        return Settings()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}") from error


@lru_cache(maxsize=4)
def _read(path: Path, _mtime_ns: int) -> Settings:
    import tomllib  # noqa: PLC0415 - only where there is a file

    import msgspec  # noqa: PLC0415 - as above

    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from error
    try:
        _check_names(data, Settings, "")
        settings = msgspec.convert(data, Settings)
        _check_keys(settings.keys)
        if settings.loops:
            settings.thresholds()
    except msgspec.ValidationError as error:
        raise SettingsError(f"{path}: {error}") from error
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from error
    return settings


def _check_names(data: Mapping[str, Any], kind: type, place: str) -> None:
    """See that every name in `data` is a field of the dataclass `kind`, at any depth."""
    hints = get_type_hints(kind)
    for name, value in data.items():
        _check_name(name, hints, place)
        if is_dataclass(hints[name]) and isinstance(value, dict):
            _check_names(value, hints[name], f"{place}.{name}".lstrip("."))


def _check_keys(keys: Mapping[str, str]) -> None:
    from tracetui.commands import GROUPS  # noqa: PLC0415 - only where keys are set

    for name in keys:
        _check_name(name, [each.id for _, group in GROUPS for each in group], "keys")


def _check_name(name: str, known: Iterable[str], place: str) -> None:
    known = list(known)
    if name not in known:
        near = difflib.get_close_matches(name, known, 1) or sorted(known)[:8]
        where = f" in [{place}]" if place else ""
        raise SettingsError(f"{name!r} is no setting{where}; did you mean {' or '.join(near)}?")
