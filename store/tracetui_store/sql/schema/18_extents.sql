-- How long spans are over the whole load that were met in pieces; the newest generation counts.
CREATE TABLE own.extents (
    generation INTEGER,
    row_id BIGINT,
    start_time_unix_nano BIGINT,
    end_time_unix_nano BIGINT
);
