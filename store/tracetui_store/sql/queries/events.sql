SELECT row_id, name, time_unix_nano, attributes
FROM events
WHERE row_id BETWEEN $first AND $last
ORDER BY row_id, position;
