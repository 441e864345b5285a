INSERT INTO own.resources BY NAME SELECT * FROM batch_resources;
