-- How many rows could be deleted: those of a cache, of earlier generations than our own, cannot.
SELECT count(*)
FROM own.outdated
WHERE generation <= $before AND settled >= (SELECT min(generation) FROM own.generations);
