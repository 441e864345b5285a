SELECT source_id, line, byte_offset, kind, message
FROM current_problems
WHERE $source_id::INTEGER IS NULL OR source_id = $source_id
ORDER BY source_id, byte_offset NULLS LAST, line
LIMIT $limit;
