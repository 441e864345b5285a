-- What held and was not found again.
INSERT INTO own.outdated
SELECT 'usage_roles', r.row_id, r.settled, $generation
FROM usage_roles r
WHERE r.row_id IN (SELECT row_id FROM settling WHERE NOT consulted)
  AND NOT EXISTS (
    SELECT 1 FROM found_usage_roles f
    WHERE f.row_id = r.row_id
          AND f.usage_role IS NOT DISTINCT FROM r.usage_role
          AND f.duplicate_of IS NOT DISTINCT FROM r.duplicate_of
          AND f.call_role IS NOT DISTINCT FROM r.call_role
          AND f.usage_gap_tokens IS NOT DISTINCT FROM r.usage_gap_tokens
          AND f.input_tokens IS NOT DISTINCT FROM r.input_tokens
          AND f.output_tokens IS NOT DISTINCT FROM r.output_tokens
          AND f.total_tokens IS NOT DISTINCT FROM r.total_tokens
          AND f.cache_read_tokens IS NOT DISTINCT FROM r.cache_read_tokens
          AND f.cache_write_tokens IS NOT DISTINCT FROM r.cache_write_tokens
          AND f.reasoning_tokens IS NOT DISTINCT FROM r.reasoning_tokens
  );
