INSERT INTO own.progress
VALUES ($step, $source_id, $state, $bytes_done, $ok, $repaired, $rejected, $blank, $tail, $metric_points, $provisional);
