-- Usage roles and counts that differ from what a span says by itself. They follow from all that is
-- loaded (RULES §3), so they are settled again as the load grows.
CREATE TABLE own.settled_usage_roles (
    generation INTEGER,
    row_id BIGINT,
    usage_role VARCHAR,
    duplicate_of VARCHAR,
    -- wrapper: repeats the call below it; covered: an ancestor's roll-up reports its usage;
    -- lone: a roll-up with no call below it, which counts as it stands
    call_role VARCHAR,
    usage_gap_tokens BIGINT,
    input_tokens BIGINT,
    output_tokens BIGINT,
    total_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    reasoning_tokens BIGINT
);
