SELECT edition, prefers_computed FROM price_editions ORDER BY generation DESC LIMIT 1;
