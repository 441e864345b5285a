INSERT INTO own.compactions VALUES ($before);
