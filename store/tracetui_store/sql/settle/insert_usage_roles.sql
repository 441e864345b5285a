-- What settling found, from the registered Arrow table.
INSERT INTO own.usage_roles BY NAME SELECT * FROM settled;
