INSERT INTO own.generations VALUES ($generation);
