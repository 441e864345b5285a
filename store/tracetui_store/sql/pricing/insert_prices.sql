-- Prices of calls, from the registered Arrow table.
INSERT INTO own.prices BY NAME SELECT $generation AS generation, $edition AS edition, * FROM priced;
