-- Model calls and roll-ups: all that usage roles depend on, by row.
SELECT
    row_id,
    span_id,
    kind,
    usage_role,
    response_id,
    scope_name,
    start_time_unix_nano,
    end_time_unix_nano,
    input_tokens,
    output_tokens,
    total_tokens,
    cache_read_tokens,
    cache_write_tokens,
    reasoning_tokens
FROM settling
WHERE has_usage AND row_id NOT IN (SELECT row_id FROM found_superseded)
ORDER BY row_id;
