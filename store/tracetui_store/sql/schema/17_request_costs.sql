-- What log records say that requests cost; row_id is the record's.
CREATE TABLE own.request_costs (
    row_id BIGINT,
    request_id VARCHAR,
    cost_usd DOUBLE
);
