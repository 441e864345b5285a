-- Metric data points in file order, with their resource; of one metric if it is named.
SELECT m.*, r.attributes AS resource
FROM metrics m
LEFT JOIN resources r USING (resource_id)
WHERE ($metric::VARCHAR IS NULL OR m.name = $metric)
ORDER BY m.row_id;
