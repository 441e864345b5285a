INSERT INTO links BY NAME SELECT * FROM batch_links;
