INSERT INTO problems VALUES ($source_id, NULL, NULL, $kind, $message);
