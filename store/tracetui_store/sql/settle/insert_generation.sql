INSERT INTO generations VALUES ($generation);
