-- Payloads of a range of rows; a range, so that whole row groups are skipped.
SELECT row_id, attributes, extra FROM payloads WHERE row_id BETWEEN $first AND $last ORDER BY row_id;
