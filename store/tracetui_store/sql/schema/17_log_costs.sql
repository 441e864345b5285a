-- What a log record says that a span's call cost: Claude Code puts the cost in its logs alone.
-- Append only, as settling finds them.
CREATE TABLE own.log_costs (
    row_id BIGINT,
    cost_usd DOUBLE
);
