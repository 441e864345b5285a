INSERT INTO own.metrics BY NAME SELECT * FROM batch_metrics;
