INSERT INTO own.problems BY NAME SELECT *, $step AS step FROM batch_problems;
