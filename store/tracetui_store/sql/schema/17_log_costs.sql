-- What a log record says that a span's call cost: Claude Code puts the cost in its logs alone.
CREATE TABLE own.settled_log_costs (
    generation INTEGER,
    row_id BIGINT,
    cost_usd DOUBLE
);
