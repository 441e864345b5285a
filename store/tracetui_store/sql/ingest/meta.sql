INSERT INTO own.meta VALUES ($key, $value);
