-- What tokens cost, by what calls say of themselves. Append only: a new edition of prices stands
-- beside the one before. A call has one row per period, time of day and range of input tokens.
CREATE TABLE own.prices (
    generation INTEGER,
    edition VARCHAR,
    provider VARCHAR,
    request_model VARCHAR,
    response_model VARCHAR,
    service_tier VARCHAR,
    -- computed, override, unknown_model, unpriced_model; the last two have no rates
    status VARCHAR,
    price_id VARCHAR,
    source VARCHAR,
    note VARCHAR,
    -- All bounds are included, but for above_tokens.
    first_unix_nano BIGINT,
    last_unix_nano BIGINT,
    first_second BIGINT,
    last_second BIGINT,
    above_tokens BIGINT,
    up_to_tokens BIGINT,
    -- USD per token; rate_request per request
    rate_input DOUBLE,
    rate_cache_read DOUBLE,
    rate_cache_write DOUBLE,
    rate_cache_write_1h DOUBLE,
    rate_output DOUBLE,
    rate_reasoning DOUBLE,
    rate_audio_input DOUBLE,
    rate_audio_output DOUBLE,
    rate_request DOUBLE
);
