INSERT INTO progress
VALUES ($source_id, $state, $bytes_done, $ok, $repaired, $rejected, $blank, $tail, $metric_points);
