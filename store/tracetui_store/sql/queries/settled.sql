-- Which settling is in force.
SELECT coalesce(max(generation), 0) FROM generations;
