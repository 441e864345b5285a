-- The times at which every trace was summed up; the newest counts. One that does not hold says that
-- nothing does any more: prices changed, or everything was settled anew.
CREATE TABLE own.summaries (
    summary INTEGER,
    holds BOOLEAN
);
