-- Rows that a later row of the same trace and span id replaces, and those made of log records where
-- spans say the same. As all that settling finds, it holds from its generation on until it is outdated.
-- Append only: an UPDATE makes a CHECKPOINT fail while any reader is active (INGEST §2).
CREATE TABLE own.settled_superseded (
    generation INTEGER,
    row_id BIGINT
);
