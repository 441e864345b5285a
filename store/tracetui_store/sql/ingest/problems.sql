INSERT INTO own.problems BY NAME SELECT * FROM batch_problems;
