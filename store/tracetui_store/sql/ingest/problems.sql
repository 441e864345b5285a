INSERT INTO problems BY NAME SELECT * FROM batch_problems;
