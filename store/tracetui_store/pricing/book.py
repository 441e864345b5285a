"""The price book: one's own prices first, then list prices; as rows for each call."""

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import platformdirs
import pyarrow as pa

from tracetui_store.pricing.price_file import Entry, PriceFile, load_price_file
from tracetui_store.pricing.rows import ANY_TOKENS, FIRST_NANO, LAST_NANO, Call, Price, Rates

_NANO = 1_000_000_000
_CALL = tuple(item.name for item in fields(Call))
_PLAIN = tuple(item.name for item in fields(Price) if item.name != "rates")
_TEXTS = frozenset({"status", "price_id", "source", "note"})


class PriceBook:
    """What tokens cost: a price file over genai-prices. Never asks the network.

    Args:
        own: The user's prices, discounts and aliases.
    """

    def __init__(self, own: PriceFile | None = None) -> None:
        self.own = own or PriceFile()

    @property
    def edition(self) -> str:
        """Return a mark of all that the prices depend on; changes when any of it does."""
        return f"genai-prices {version('genai-prices')} {self.own.digest}".strip()

    def prices(self, call: Call) -> list[Price]:
        """Return the rows of a call: they cover every moment and size, and overlap nowhere."""
        call = self._unaliased(call)
        rows: list[Price] = []
        listed: list[Price] | None = None
        # Each moment has the first entry that fits: cut time where an entry begins or ends.
        for first, last in _cut(entry for entry in self.own.prices if _fits(entry, call)):
            entry = next(
                (e for e in self.own.prices if not e.is_discount and _holds(e, call, first)),
                None,
            )
            if entry is not None:
                rows += _own_rows(self.own, entry, call, first, last)
                continue
            listed = self._listed(call) if listed is None else listed
            discount = next(
                (e for e in self.own.prices if e.is_discount and _holds(e, call, first)), None
            )
            rows += _clipped(listed, first, last, self.own, discount)
        return rows

    def _listed(self, call: Call) -> list[Price]:
        # 0.5 s of imports, and only where something is to be priced.
        from tracetui_store.pricing.listing import list_prices  # noqa: PLC0415

        return list_prices(call)

    def _unaliased(self, call: Call) -> Call:
        for model in call.models:
            for entry in self.own.aliases:
                if entry.fits(call.provider, model):
                    provider, slash, name = (entry.stands_for or "").partition("/")
                    return Call(
                        provider if slash else call.provider,
                        None,
                        name if slash else provider,
                        call.service_tier,
                    )
        return call

    def table(self, calls: Iterable[Call]) -> pa.Table:
        """Return the rows of `calls` with the columns of the table `prices`, but the first two."""
        found = [(call, price) for call in calls for price in self.prices(call)]
        columns: dict[str, pa.Array] = {
            name: pa.array([getattr(call, name) for call, _ in found], pa.string())
            for name in _CALL
        }
        for name in _PLAIN:
            kind = pa.string() if name in _TEXTS else pa.int64()
            columns[name] = pa.array([getattr(price, name) for _, price in found], kind)
        for item in fields(Rates):
            values = [getattr(price.rates, item.name, None) for _, price in found]
            columns[f"rate_{item.name}"] = pa.array(values, pa.float64())
        return pa.table(columns)


def price_book(price_file: str | None = None) -> PriceBook:
    """Return the prices to use.

    Args:
        price_file: The user's price file; None for the one in the user's configuration, if there
            is one.

    Raises:
        PriceFileError: If it cannot be used.
    """
    if price_file is None:
        configured = Path(platformdirs.user_config_path("tracetui")) / "prices.toml"
        if not configured.is_file():
            return PriceBook()
        price_file = str(configured)
    return PriceBook(load_price_file(price_file))


def _fits(entry: Entry, call: Call) -> bool:
    return any(entry.fits(call.provider, model) for model in call.models)


def _holds(entry: Entry, call: Call, first_nano: int) -> bool:
    """Whether an entry is about a call at a time that begins at one of its boundaries."""
    begins = FIRST_NANO if entry.first_day is None else _nano(entry.first_day)
    ends = LAST_NANO if entry.end_day is None else _nano(entry.end_day)
    return begins <= first_nano < ends and _fits(entry, call)


def _nano(day: date) -> int:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return min(max(int(start.timestamp()) * _NANO, FIRST_NANO), LAST_NANO)


def _cut(entries: Iterable[Entry]) -> Iterator[tuple[int, int]]:
    """Yield the periods between the days at which entries begin and end, bounds included."""
    days = {day for entry in entries for day in (entry.first_day, entry.end_day) if day}
    edges = [FIRST_NANO, *sorted({_nano(day) for day in days})]
    lasts = [edge - 1 for edge in edges[1:]] + [LAST_NANO]
    yield from zip(edges, lasts, strict=True)


def _own_rows(own: PriceFile, entry: Entry, call: Call, first: int, last: int) -> list[Price]:
    model = next(name for name in call.models if entry.fits(call.provider, name))
    name = f"{call.provider}/{model}" if call.provider else model
    uppers = [above for above, _ in entry.tiers[1:]] + [ANY_TOKENS]
    return [
        Price(
            status="override",
            price_id=name + (f"@{entry.first_day}" if entry.first_day else ""),
            source=_place(own, entry),
            note=entry.note,
            first_unix_nano=first,
            last_unix_nano=last,
            above_tokens=above,
            up_to_tokens=up_to,
            rates=rates,
        )
        for (above, rates), up_to in zip(entry.tiers, uppers, strict=True)
    ]


def _place(own: PriceFile, entry: Entry) -> str:
    return f"{Path(own.path or '').name} line {entry.line}"


def _clipped(
    listed: list[Price], first: int, last: int, own: PriceFile, discount: Entry | None
) -> Iterator[Price]:
    """Yield list prices between two moments, discounted."""
    for price in listed:
        begins, ends = max(first, price.first_unix_nano), min(last, price.last_unix_nano)
        if begins > ends:
            continue
        clipped = replace(price, first_unix_nano=begins, last_unix_nano=ends)
        if discount is not None and discount.multiplier is not None and price.rates is not None:
            words = f"{discount.multiplier:g} of the list price by {_place(own, discount)}"
            clipped = replace(
                clipped,
                rates=price.rates.times(discount.multiplier),
                note=f"{words}: {discount.note}" if discount.note else words,
            )
        yield clipped
