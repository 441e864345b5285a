INSERT INTO own.events BY NAME SELECT * FROM batch_events;
