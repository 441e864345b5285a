-- The attributes that spans carry
SELECT attribute, count(*) AS spans
FROM (SELECT unnest(json_keys(attributes)) AS attribute FROM payloads)
GROUP BY attribute ORDER BY spans DESC, attribute;
