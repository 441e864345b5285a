SELECT coalesce(max(generation), 0) + 1 FROM (SELECT generation FROM prices UNION ALL SELECT generation FROM price_editions);
