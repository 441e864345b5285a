INSERT INTO own.logs BY NAME SELECT * FROM batch_logs;
