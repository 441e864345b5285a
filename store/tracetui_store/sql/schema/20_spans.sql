-- The canonical relation that every query reads: each span once, its usage role settled, priced.
CREATE VIEW spans AS
WITH billed AS (
    SELECT
        *,
        CASE WHEN counts THEN coalesce(input_tokens, rollup_input_tokens) END AS billed_input,
        CASE WHEN counts THEN coalesce(output_tokens, rollup_output_tokens) END AS billed_output,
        coalesce(cache_read_tokens, rollup_cache_read_tokens, 0) AS billed_cache_read,
        coalesce(cache_write_tokens, rollup_cache_write_tokens, 0) AS billed_cache_write,
        coalesce(cache_write_1h_tokens, 0) AS billed_cache_write_1h,
        coalesce(reasoning_tokens, rollup_reasoning_tokens, 0) AS billed_reasoning,
        coalesce(audio_input_tokens, 0) AS billed_audio_input,
        coalesce(audio_output_tokens, 0) AS billed_audio_output,
        -- The day of the call; today's price where nobody knows the day.
        coalesce(start_time_unix_nano, end_time_unix_nano, 9223372036854775807) AS priced_at
    FROM settled_spans
),
priced AS (
    SELECT
        b.*,
        p.status AS price_status,
        p.price_id,
        p.source AS price_source,
        p.note AS price_note,
        CASE WHEN p.above_tokens >= 0 THEN p.above_tokens END AS price_above_tokens,
        p.rate_input,
        p.rate_cache_read,
        p.rate_cache_write,
        p.rate_cache_write_1h,
        p.rate_output,
        p.rate_reasoning,
        p.rate_audio_input,
        p.rate_audio_output,
        p.rate_request,
        -- Tokens that nobody reports are not 0 tokens. What embeds or ranks has no output.
        billed_input IS NOT NULL
            AND (billed_output IS NOT NULL OR kind IN ('embedding', 'reranker')) AS is_counted,
        greatest(billed_input - billed_cache_read - billed_cache_write - billed_audio_input, 0)
            AS plain_input,
        greatest(coalesce(billed_output, 0) - billed_reasoning - billed_audio_output, 0)
            AS plain_output,
        greatest(billed_cache_write - billed_cache_write_1h, 0) AS billed_cache_write_5m
    FROM billed b
    LEFT JOIN current_prices p
        ON b.counts
       AND p.provider IS NOT DISTINCT FROM b.provider
       AND p.request_model IS NOT DISTINCT FROM b.request_model
       AND p.response_model IS NOT DISTINCT FROM b.response_model
       AND p.service_tier IS NOT DISTINCT FROM b.service_tier
       AND b.priced_at BETWEEN p.first_unix_nano AND p.last_unix_nano
       AND (b.priced_at % 86400000000000 + 86400000000000) % 86400000000000 // 1000000000
           BETWEEN p.first_second AND p.last_second
       -- Tiers are those of one request: a roll-up of several has the first one's rates.
       AND CASE WHEN b.usage_role = 'own' THEN greatest(coalesce(b.billed_input, 0), 0) ELSE 0 END
           > p.above_tokens
       AND CASE WHEN b.usage_role = 'own' THEN greatest(coalesce(b.billed_input, 0), 0) ELSE 0 END
           <= p.up_to_tokens
),
split AS (
    SELECT
        * EXCLUDE (billed_input, billed_output, billed_reasoning, billed_audio_input,
                   billed_audio_output, priced_at, plain_input, plain_output),
        CASE WHEN is_counted THEN plain_input * rate_input + billed_audio_input * rate_audio_input END
            AS cost_input,
        CASE WHEN is_counted THEN billed_cache_read * rate_cache_read END AS cost_cache_read,
        CASE WHEN is_counted THEN
            billed_cache_write_5m * rate_cache_write + billed_cache_write_1h * rate_cache_write_1h
        END AS cost_cache_write,
        CASE WHEN is_counted THEN
            plain_output * rate_output + billed_audio_output * rate_audio_output
        END AS cost_output,
        CASE WHEN is_counted THEN billed_reasoning * rate_reasoning END AS cost_reasoning,
        CASE WHEN is_counted THEN rate_request END AS cost_fee,
        -- What cached tokens would have cost as input, less what writing them cost more
        -- (METRICS §2); null where nobody counts them.
        CASE WHEN counts AND coalesce(cache_read_tokens, cache_write_tokens) IS NOT NULL THEN
            billed_cache_read * (rate_input - rate_cache_read)
            - billed_cache_write_5m * (rate_cache_write - rate_input)
            - billed_cache_write_1h * (rate_cache_write_1h - rate_input)
        END AS cache_saving_usd
    FROM priced
),
computed AS (
    SELECT
        * EXCLUDE (billed_cache_read, billed_cache_write, billed_cache_write_1h,
                   billed_cache_write_5m),
        cost_input + cost_cache_read + cost_cache_write + cost_output + cost_reasoning + cost_fee
            AS cost_computed_usd,
        -- Cost follows the role: what a roll-up or a duplicate claims is never summed (RULES §3.4).
        -- A given 0 without usage is unknown: Langfuse writes it on errors (MAPPING §4).
        CASE
            WHEN counts THEN cost_given_usd
            WHEN is_model_call AND cost_given_usd > 0 THEN cost_given_usd
        END AS counted_given_usd,
        coalesce((SELECT arg_max(prefers_computed, generation) FROM price_editions), FALSE)
            AS prefers_computed
    FROM split
)
SELECT
    * EXCLUDE (price_status, is_counted, counted_given_usd, prefers_computed),
    CASE WHEN prefers_computed THEN coalesce(cost_computed_usd, counted_given_usd)
        ELSE coalesce(counted_given_usd, cost_computed_usd)
    END AS cost_usd,
    CASE
        WHEN NOT counts AND NOT is_model_call THEN 'not_a_call'
        WHEN counted_given_usd IS NOT NULL AND NOT (prefers_computed AND cost_computed_usd IS NOT NULL)
            THEN 'given'
        WHEN cost_computed_usd IS NOT NULL THEN price_status
        WHEN (usage_role = 'none' OR NOT is_counted) AND streaming AND NOT error THEN 'incomplete_stream'
        WHEN usage_role = 'none' OR NOT is_counted THEN 'no_usage'
        WHEN model IS NULL THEN 'unknown_model'
        ELSE coalesce(price_status, 'unpriced_model')
    END AS cost_status,
    -- A stale table of the emitter, or a discount (COST §2.6).
    abs(counted_given_usd - cost_computed_usd) > 0.05 * greatest(counted_given_usd, cost_computed_usd)
        AS cost_differs
FROM computed;
