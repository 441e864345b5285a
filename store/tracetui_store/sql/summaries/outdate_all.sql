-- Nothing that was summed up holds any more.
INSERT INTO own.summaries
SELECT max(summary) + 1, FALSE FROM summaries HAVING arg_max(holds, summary);
