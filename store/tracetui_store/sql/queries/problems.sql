SELECT source_id, line, byte_offset, kind, message
FROM problems
WHERE ($source_id::INTEGER IS NULL OR source_id = $source_id)
  -- A torn line that has been read whole since is no problem any more.
  AND NOT (
      kind = 'tail'
      AND byte_offset < (
          SELECT arg_max(byte_offset, step) FROM source_states s WHERE s.source_id = problems.source_id
      )
  )
ORDER BY source_id, byte_offset NULLS LAST, line
LIMIT $limit;
