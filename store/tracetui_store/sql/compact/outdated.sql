-- What is deleted need not be called outdated any more.
DELETE FROM own.outdated
WHERE generation <= $before AND settled >= (SELECT min(generation) FROM own.generations);
