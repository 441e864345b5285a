INSERT INTO own.sources VALUES ($source_id, $path, $format, $reason, $bytes);
