-- Up to which generation it is no longer known what was taken back.
CREATE TABLE own.compactions (
    generation INTEGER
);
