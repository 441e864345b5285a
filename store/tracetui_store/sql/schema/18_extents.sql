-- How long spans are over the whole load that were met in pieces.
CREATE TABLE own.settled_extents (
    generation INTEGER,
    row_id BIGINT,
    start_time_unix_nano BIGINT,
    end_time_unix_nano BIGINT
);
