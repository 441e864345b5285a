-- The newest state of each source, and its path and format.
SELECT s.source_id, f.path, f.format, s.identity, s.byte_offset, s.line, s.inside_line, s.ordinal
FROM (
    SELECT *, row_number() OVER (PARTITION BY source_id ORDER BY step DESC) AS place
    FROM source_states
) s
JOIN sources f USING (source_id)
WHERE place = 1
ORDER BY s.source_id;
