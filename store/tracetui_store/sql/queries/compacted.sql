-- Up to which settling it is not known any more what was settled otherwise.
SELECT coalesce(max(generation), 0) FROM compactions;
