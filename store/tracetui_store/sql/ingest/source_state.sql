INSERT INTO own.source_states
VALUES ($step, $source_id, $identity, $byte_offset, $line, $inside_line, $ordinal);
