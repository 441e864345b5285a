INSERT INTO own.problems VALUES ($source_id, NULL, NULL, $kind, $message, NULL);
