INSERT INTO sources VALUES ($source_id, $path, $format, $reason, $bytes);
