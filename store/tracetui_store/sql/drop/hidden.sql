INSERT INTO own.hidden_sources VALUES ($source_id);
