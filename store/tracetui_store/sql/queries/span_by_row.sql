SELECT * FROM spans WHERE row_id = $row_id;
