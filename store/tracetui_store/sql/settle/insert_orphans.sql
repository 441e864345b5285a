-- Spans whose parent is not loaded, from the registered Arrow table.
INSERT INTO own.orphans BY NAME SELECT * FROM settled;
