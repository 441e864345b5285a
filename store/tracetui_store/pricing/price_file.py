"""Prices of one's own: a TOML file of rates, discounts and aliases.

    prefer = "given"                     # or "computed": which counts where a span says its cost

    [[price]]                            # rates of your own; the first that fits is taken
    provider = "ollama"
    model = "*"                          # exact, a glob, or a regular expression: "/^house-.*/"
    input = 0
    output = 0
    note = "our own machine"

    [[price]]
    model = "house-7b*"
    from = 2026-01-01                    # days in UTC; `until` is the first day after
    per = "1M"                           # tokens that the rates are for: 1, 1k or 1M
    input = 0.10
    output = 0.20
    cache_read = 0.01                    # also cache_write, cache_write_1h, reasoning,
    cache_write = 0.12                   # audio_input, audio_output; else as input or output
    request = 0.001                      # per request
    tiers = [{ above = 200000, input = 0.20, output = 0.40 }]

    [[price]]                            # a discount on list prices; rates of your own are net
    provider = "openai"
    multiplier = 0.85

    [[alias]]
    model = "prod-chat-deployment"
    as = "azure/gpt-5"                   # provider/model, or just a model

Source: COST §4. An explicit 0 is a known $0.
"""

import hashlib
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tracetui_store.pricing.rows import Rates

_LARGEST = 1 << 20
_PER = {"1": 1, "1k": 1_000, "1M": 1_000_000}
_DETAILS = {
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "audio_input": "input",
    "reasoning": "output",
    "audio_output": "output",
}
"""Rates that may be left out, and what counts instead; in this order."""
_RATES = ("input", "output", *_DETAILS, "request")
_SECTIONS = {
    "price": {
        *("provider", "model", "from", "until", "per", "tiers", "multiplier", "note"),
        *_RATES,
    },
    "alias": {"provider", "model", "as", "note"},
}
_TIER = {"above", *_RATES}


class PriceFileError(Exception):
    """A price file that cannot be used; its text names the file, the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A `[[price]]` or an `[[alias]]`."""

    line: int
    provider: str | None
    model: str | None
    note: str | None = None
    first_day: date | None = None
    end_day: date | None = None
    """The first day on which it no longer holds."""
    tiers: tuple[tuple[int, Rates], ...] = ()
    """Input tokens above which rates hold, from -1 upwards; empty for a discount or an alias."""
    multiplier: float | None = None
    stands_for: str | None = None

    @property
    def is_discount(self) -> bool:
        """Whether it is a discount on list prices."""
        return self.multiplier is not None

    def fits(self, provider: str | None, model: str) -> bool:
        """Whether it is about this model."""
        return (self.provider is None or _matches(self.provider, provider or "")) and (
            self.model is None or _matches(self.model, model)
        )


@dataclass(frozen=True, slots=True)
class PriceFile:
    """A price file, validated; without a path it says nothing."""

    path: str | None = None
    digest: str = ""
    prices: tuple[Entry, ...] = ()
    aliases: tuple[Entry, ...] = ()
    prefers_computed: bool = False


def _matches(pattern: str, text: str) -> bool:
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.search(pattern[1:-1], text, re.IGNORECASE) is not None
    return fnmatchcase(text.lower(), pattern.lower())


def load_price_file(path: str) -> PriceFile:
    """Read and check a price file.

    Raises:
        PriceFileError: If it cannot be read, is not TOML, or says what it cannot.
    """
    try:
        data = Path(path).read_bytes()[: _LARGEST + 1]
    except (OSError, ValueError) as error:
        raise PriceFileError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > _LARGEST:
        raise PriceFileError(f"{path}: larger than 1 MB: this is no price file")
    try:
        text = data.decode("utf-8")
        content = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise PriceFileError(f"{path}: not TOML: {error}") from error
    return _Checker(path, text).checked(content, hashlib.blake2b(data, digest_size=8).hexdigest())


class _Checker:
    """Turns what TOML says into entries, and what is wrong into the line where it stands."""

    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._line = 0

    def checked(self, content: Mapping[str, Any], digest: str) -> PriceFile:
        known = {*_SECTIONS, "prefer"}
        for key in content:
            if key not in known:
                self._line = self._find(rf"\s*\[*\s*{re.escape(key)}\b", 0)
                self._fail(f"unknown key {key!r}; known are {', '.join(sorted(known))}")
        prefer = content.get("prefer", "given")
        if prefer not in {"given", "computed"}:
            self._line = self._find(r"\s*prefer\b", 0)
            self._fail('prefer is "given" or "computed"')
        entries: dict[str, tuple[Entry, ...]] = {}
        for section in _SECTIONS:
            tables = content.get(section, [])
            self._line = self._find(rf"\s*\[*\s*{section}\b", 0)
            if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
                self._fail(f"write [[{section}]], with two brackets")
            entries[section] = self._entries(section, tables)
        return PriceFile(
            self._path, digest, entries["price"], entries["alias"], prefer == "computed"
        )

    def _entries(self, section: str, tables: list[dict[str, Any]]) -> tuple[Entry, ...]:
        found: list[Entry] = []
        line = 0
        for table in tables:
            line = self._find(rf"\s*\[\[\s*{section}\s*\]\]", line) or line
            self._line = line
            self._check_keys(table, _SECTIONS[section])
            found.append(self._price(table) if section == "price" else self._alias(table))
        return tuple(found)

    def _find(self, pattern: str, after: int) -> int:
        """Return the first line after `after` that begins with `pattern`, from 1; 0 for none."""
        for number, line in enumerate(self._lines[after:], start=after + 1):
            if re.match(pattern, line):
                return number
        return 0

    def _fail(self, what: str, key: str | None = None) -> None:
        """Raise `what`, with the line of `key` in the table at hand."""
        line = self._find(rf"\s*{re.escape(key)}\s*=", self._line) if key else 0
        end = self._find(r"\s*\[\[", self._line) or len(self._lines) + 1
        line = line if 0 < line < end else self._line
        raise PriceFileError(
            f"{self._path}, line {line}: {what}" if line else f"{self._path}: {what}"
        )

    def _check_keys(self, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                self._fail(f"unknown key {key!r}; known are {', '.join(sorted(known))}", key)

    def _alias(self, table: Mapping[str, Any]) -> Entry:
        if not isinstance(table.get("as"), str) or "model" not in table:
            self._fail('an alias needs model and as, both texts: as = "azure/gpt-5"', "as")
        provider, model = self._pattern(table, "provider"), self._pattern(table, "model")
        return Entry(self._line, provider, model, stands_for=table["as"])

    def _price(self, table: Mapping[str, Any]) -> Entry:
        rated = [key for key in (*_RATES, "tiers") if key in table]
        multiplier = self._number(table, "multiplier") if "multiplier" in table else None
        if multiplier is not None and rated:
            self._fail(f"a discount has no rates: leave out multiplier or {rated[0]}", "multiplier")
        if multiplier is None and not {"input", "output"} <= set(table):
            self._fail("a price needs input and output, or a multiplier")
        first, end = self._day(table, "from"), self._day(table, "until")
        if first and end and end <= first:
            self._fail("until comes before from", "until")
        note = table.get("note")
        return Entry(
            self._line,
            self._pattern(table, "provider"),
            self._pattern(table, "model"),
            str(note) if note is not None else None,
            first,
            end,
            self._tiers(table) if multiplier is None else (),
            multiplier,
        )

    def _pattern(self, table: Mapping[str, Any], key: str) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self._fail(f"{key} is a text", key)
        if len(value) > 1 and value.startswith("/") and value.endswith("/"):
            try:
                re.compile(value[1:-1])
            except (re.error, RecursionError) as error:
                self._fail(f"{key}: no regular expression: {error}", key)
        return value

    def _day(self, table: Mapping[str, Any], key: str) -> date | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self._fail(f"{key} is a day without quotes: {key} = 2026-01-01", key)
        return value

    def _number(self, table: Mapping[str, Any], key: str) -> float:
        value = table[key]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or value < 0:
            self._fail(f"{key} is a number of 0 or more, not {value!r}", key)
        return float(value)

    def _tiers(self, table: Mapping[str, Any]) -> tuple[tuple[int, Rates], ...]:
        per = _PER.get(str(table.get("per", "1M")))
        if per is None:
            self._fail(f"per is one of {', '.join(_PER)}", "per")
        found = [(-1, self._rates(table, {}, per or 1))]
        tiers = table.get("tiers", [])
        if not isinstance(tiers, list) or not all(isinstance(tier, dict) for tier in tiers):
            self._fail("tiers is a list of { above = ..., input = ..., output = ... }", "tiers")
        for tier in tiers:
            self._check_keys(tier, _TIER)
            above = tier.get("above")
            if not isinstance(above, int) or isinstance(above, bool) or above <= found[-1][0]:
                self._fail("a tier needs above, whole tokens, each more than the last", "tiers")
            found.append((above, self._rates(tier, table, per or 1)))
        return tuple(found)

    def _rates(self, table: Mapping[str, Any], below: Mapping[str, Any], per: int) -> Rates:
        """Return the rates of a table; what it leaves out counts as in the tier `below`."""
        found = {
            key: self._number(source, key) / per
            for source in (below, table)
            for key in ("input", "output", *_DETAILS)
            if key in source
        }
        for detail, whole in _DETAILS.items():
            found.setdefault(detail, found[whole])
        source = table if "request" in table else below
        found["request"] = self._number(source, "request") if "request" in source else 0.0
        return Rates(**found)
