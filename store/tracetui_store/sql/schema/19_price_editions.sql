-- Which prices are in force; the newest generation counts.
CREATE TABLE own.price_editions (
    generation INTEGER,
    edition VARCHAR,
    prefers_computed BOOLEAN
);
