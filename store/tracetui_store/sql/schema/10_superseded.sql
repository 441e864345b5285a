-- Rows that a later row of the same trace and span id replaces. Append only: an UPDATE makes a
-- CHECKPOINT fail while any reader is active (INGEST §2).
CREATE TABLE own.superseded (
    row_id BIGINT
);
