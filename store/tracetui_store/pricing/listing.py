"""List prices: genai-prices as resolver, never asked per span and never over the network.

A model's price is probed with the library's own `calc_price`, one unit of each kind per tier, so
that its rules for details, tiers and variants stay its own. What remains is linear, and SQL's.

Source: COST §1 (traps) and §2, for genai-prices 0.2.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from genai_prices import __version__
from genai_prices.data_snapshot import DataSnapshot
from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
    Usage,
)

from tracetui_store.pricing.rows import (
    ANY_TOKENS,
    FIRST_NANO,
    LAST_NANO,
    LAST_SECOND,
    Call,
    Price,
    Rates,
)

SOURCE = f"genai-prices {__version__}"
_DAY_SECONDS = 86_400
_NANO = 1_000_000_000
_SELF_HOSTED = frozenset(
    {"ollama", "vllm", "lmstudio", "lm_studio", "llama.cpp", "llamacpp", "llamafile", "sglang"}
)
"""Servers of one's own: nobody else's list price is theirs."""
_REGION = re.compile(r"^(us|eu|apac|au|jp|ca|sa|us-gov|global)\.")
_DATE_SUFFIX = re.compile(r"[-@]20\d\d-?[01]\d-?[0-3]\d(-v\d+(:\d+)?)?$")


@cache
def _snapshot() -> DataSnapshot:
    # The bundled data, whatever a host program may have set or fetched.
    from genai_prices.data import providers  # noqa: PLC0415 - 60 ms, only when a price is asked for

    return DataSnapshot(providers=providers, from_auto_update=False)


def find(provider: str | None, model: str) -> tuple[Provider, ModelInfo] | None:
    """Return the price list's entry for a model, tried under ever plainer names."""
    if provider in _SELF_HOSTED:
        return None
    for candidate, name in _attempts(provider, model):
        try:
            return _snapshot().find_provider_model(name, None, candidate, None)
        except LookupError:
            continue
    return None


def _attempts(provider: str | None, model: str) -> Iterator[tuple[str | None, str]]:
    names = [model]
    if "/" in model:
        names.append(model.rpartition("/")[2])
    plain = _REGION.sub("", names[-1])
    names += [plain, _DATE_SUFFIX.sub("", plain)]
    for name in dict.fromkeys(names):
        if provider is not None:
            yield provider, name
        routed, slash, rest = name.partition("/")
        if slash:
            yield routed, rest
        yield None, name


def context_of(service_tier: str | None) -> dict[str, str]:
    """Return what genai-prices calls the context of a request; unknown tiers are standard."""
    tier = (service_tier or "").lower()
    if tier in {"batch", "batches"}:
        return {"processing": "batch"}
    if tier == "fast":
        return {"service_tier": "fast", "speed": "fast"}
    return {"service_tier": tier} if tier else {}


def list_prices(call: Call) -> list[Price]:
    """Return the price rows of a call: one per period and tier; one without rates if unknown."""
    for model in call.models:
        found = find(call.provider, model)
        if found is not None:
            return prices_of(*found, context_of(call.service_tier))
    return [Price("unknown_model")]


def prices_of(provider: Provider, model: ModelInfo, context: dict[str, str]) -> list[Price]:
    """Return the price rows of an entry of the list."""
    # As in `ModelInfo.calc_price`: a provider's variants are not those of whom it stands in for.
    if not any(model is own for own in provider.models):
        context = {}
    days, seconds = _boundaries(model)
    rows: list[Price] = []
    for first_second, last_second in zip(
        seconds, [second - 1 for second in seconds[1:]] + [LAST_SECOND], strict=True
    ):
        for first, last in _periods(model, context, days, first_second):
            moment = _moment(first, first_second)
            priced = model.get_prices(moment, context or None)
            since = f"@{first}" if first else ""
            rows += [
                Price(
                    status="computed" if rates is not None else "unpriced_model",
                    price_id=f"{provider.id}/{model.id}{since}",
                    source=SOURCE,
                    first_unix_nano=_midnight(first) if first else FIRST_NANO,
                    last_unix_nano=_midnight(last) - 1 if last else LAST_NANO,
                    first_second=first_second,
                    last_second=last_second,
                    above_tokens=above,
                    up_to_tokens=up_to,
                    rates=rates,
                )
                for above, up_to, rates in _bands(priced)
            ]
    return rows


def _boundaries(model: ModelInfo) -> tuple[list[date], list[int]]:
    """Return the days and the seconds of a day (UTC) at which a price may change."""
    days: set[date] = set()
    seconds = {0}
    conditions: list[Any] = list(model.prices) if isinstance(model.prices, list) else []
    for condition in [*conditions, *(model.price_variants or ())]:
        match condition.constraint:
            case StartDateConstraint(start_date=start):
                days.add(start)
            case TimeOfDateConstraint(start_time=start, end_time=end):
                seconds |= {_second(start), _second(end)}
            case _:
                pass
    return sorted(days), sorted(seconds)


def _second(moment: time) -> int:
    aware = datetime.combine(date(2000, 1, 1), moment, moment.tzinfo or UTC).astimezone(UTC)
    return aware.hour * 3_600 + aware.minute * 60 + aware.second


def _periods(
    model: ModelInfo, context: dict[str, str], days: list[date], second: int
) -> Iterator[tuple[date | None, date | None]]:
    """Yield first day and the day after the last one of each price; None is open."""
    first: date | None = None
    for day in days:
        before = model.get_prices(_moment(day - timedelta(days=1), second), context or None)
        if before != model.get_prices(_moment(day, second), context or None):
            yield first, day
            first = day
    yield first, None


def _moment(day: date | None, second: int) -> datetime:
    start = datetime.combine(day or date(1970, 1, 2), time(), UTC)
    return start + timedelta(seconds=second)


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * _DAY_SECONDS * _NANO


def _bands(price: ModelPrice) -> list[tuple[int, int, Rates | None]]:
    """Return the tiers of a price as ranges of input tokens, with their rates."""
    values = [value for key, value in vars(price).items() if not key.startswith("_")]
    # Without a rate all is free, and with one for hours, pages or characters alone all tokens are:
    # neither is a price of tokens (COST §1, trap b).
    if not any(value is not None for key, value in vars(price).items() if _is_of_tokens(key)):
        return [(-1, ANY_TOKENS, None)]
    starts = {
        tier.start for value in values if isinstance(value, TieredPrices) for tier in value.tiers
    }
    edges = [-1, *sorted(starts), ANY_TOKENS]
    return [(low, high, _rates(price, low + 1)) for low, high in pairwise(edges)]


def _is_of_tokens(price_key: str) -> bool:
    return price_key.endswith("_mtok") or price_key == "requests_kcount"


def _rates(price: ModelPrice, at_least: int) -> Rates | None:
    """Return what each kind of token costs in a request of this many input tokens or more."""
    size = max(at_least, 1)

    def cost(**usage: int) -> Decimal:
        return price.calc_price(Usage(**usage))["total_price"]

    try:
        request = cost(input_tokens=0)
        base = cost(input_tokens=size)
        details = (
            {},
            {"cache_read_tokens": size},
            {"cache_write_tokens": size},
            {"cache_write_tokens": size, "cache_write_1h_tokens": size},
        )
        read = [(cost(input_tokens=size, **detail) - request) / size for detail in details]
        audio = (cost(input_tokens=size, input_audio_tokens=size) - request) / size
        written = [
            cost(input_tokens=size, output_tokens=1, **detail) - base
            for detail in ({}, {"output_reasoning_tokens": 1}, {"output_audio_tokens": 1})
        ]
    except ValueError:
        # A price that cannot be asked for these kinds of tokens one by one.
        return None
    return Rates(
        *map(float, (*read, *written[:2], audio, written[2], request)),
    )
