-- Every normalised column of the spans that are asked for.
SELECT *
FROM spans
WHERE ($trace_id::VARCHAR IS NULL OR trace_id = $trace_id)
  AND ($span_id::VARCHAR IS NULL OR span_id = $span_id)
ORDER BY row_id;
