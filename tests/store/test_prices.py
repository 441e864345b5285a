"""Prices of calls: list prices as genai-prices computes them, one's own, and what is unknown."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot
from otlp_files import otlp_span, write
from store.loading import load
from tracetui_store.ingest import Ingest
from tracetui_store.pricing.book import PriceBook
from tracetui_store.pricing.listing import context_of, find, list_prices
from tracetui_store.pricing.price_file import PriceFileError, load_price_file
from tracetui_store.pricing.rows import Call
from tracetui_store.store import Store

DAY = 86_400 * 1_000
"""In milliseconds, as spans are placed."""
SAMPLES = 3_000
TIERS = (None, None, None, "flex", "priority", "batch", "default", "fast", "auto")


def call(start=0, *, model="gpt-4o", provider="openai", tier=None, **usage):
    """Return a span of a model call with `usage`, by the names of the conventions' ends."""
    names = {
        "input": "input_tokens",
        "output": "output_tokens",
        "cache_read": "cache_read.input_tokens",
        "cache_write": "cache_creation.input_tokens",
        "reasoning": "reasoning.output_tokens",
    }
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "openai.response.service_tier": tier,
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": usage.pop("cache_write_1h", None),
        "operation.cost": usage.pop("given", None),
    }
    attributes |= {f"gen_ai.usage.{names[key]}": value for key, value in usage.items()}
    number = call.number = getattr(call, "number", 0) + 1
    return otlp_span(
        number,
        name=f"chat {model}",
        start=start,
        attributes={key: value for key, value in attributes.items() if value is not None},
    )


def priced(tmp_path, *spans, prices=None):
    """Return the spans of a load, in file order, and its totals."""
    path = write(tmp_path / "calls.jsonl", *spans)
    book = None
    if prices is not None:
        (tmp_path / "prices.toml").write_text(prices)
        book = PriceBook(load_price_file(str(tmp_path / "prices.toml")))
    store = Store.temporary()
    try:
        Ingest(store, [str(path)], book=book).run()
        with store.reader() as reader:
            return list(reader.spans()), reader.totals()
    finally:
        store.close()


def sampled_calls():
    """Return calls over the whole price list: models, days, times of day, tiers and details."""
    chosen = random.Random(6)
    models = [(p.id, m) for p in get_snapshot().providers for m in p.models]
    special = [
        pair for pair in models if isinstance(pair[1].prices, list) or pair[1].price_variants
    ]
    spans = []
    for number in range(SAMPLES):
        provider, model = chosen.choice(special if number % 2 else models)
        size = chosen.choice((7, 1_000, 128_000, 128_001, 200_000, 200_001, 272_001, 600_000))
        usage = {"input": chosen.randint(size // 2, size) if number % 3 else size}
        usage["output"] = chosen.randint(0, 9_000)
        if number % 4 == 0:
            usage["cache_read"] = chosen.randint(0, usage["input"] // 2)
        if number % 5 == 0:
            usage["cache_write"] = chosen.randint(0, usage["input"] // 2)
            usage["cache_write_1h"] = chosen.randint(0, usage["cache_write"])
        if number % 6 == 0:
            usage["reasoning"] = chosen.randint(0, usage["output"])
        start = chosen.randint(-700 * DAY, 500 * DAY)
        tier = chosen.choice(TIERS)
        spans.append(call(start, model=model.id, provider=provider, tier=tier, **usage))
    return spans


def library_price(span):
    """Return what genai-prices itself says that a loaded span costs."""
    keys = {
        "input_tokens": "input_tokens",
        "output_tokens": "output_tokens",
        "cache_read_tokens": "cache_read_tokens",
        "cache_write_tokens": "cache_write_tokens",
        "cache_write_1h_tokens": "cache_write_1h_tokens",
        "reasoning_tokens": "output_reasoning_tokens",
    }
    usage = {theirs: span[ours] for ours, theirs in keys.items() if span[ours] is not None}
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
        microseconds=span["start_time_unix_nano"] // 1_000
    )
    return get_snapshot().calc(
        Usage(**usage),
        span["request_model"],
        span["provider"],
        None,
        start,
        context_of(span["service_tier"]),
    )


def test_3000_sampled_calls_cost_what_genai_prices_computes(tmp_path):
    spans, _ = priced(tmp_path, *sampled_calls())
    assert len(spans) == SAMPLES
    compared, free, elsewhere = 0, 0, 0
    mismatches = []
    for span in spans:
        try:
            expected = library_price(span)
        except LookupError:
            # Its own id does not find it: tried under plainer names, which is tested below.
            elsewhere += 1
            continue
        total = float(expected.total_price)
        if span["cost_status"] == "unpriced_model":
            free += total == 0
            mismatches += [span] if total else []
            continue
        compared += 1
        if span["cost_usd"] != pytest.approx(total, rel=1e-9, abs=1e-15):
            mismatches.append((span["price_id"], span["cost_usd"], total))
    assert mismatches == []
    assert compared > 0.85 * SAMPLES, (compared, free, elsewhere)
