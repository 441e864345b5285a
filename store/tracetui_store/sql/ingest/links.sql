INSERT INTO own.links BY NAME SELECT * FROM batch_links;
