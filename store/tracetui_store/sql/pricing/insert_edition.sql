INSERT INTO own.price_editions VALUES ($generation, $edition, $prefers_computed);
