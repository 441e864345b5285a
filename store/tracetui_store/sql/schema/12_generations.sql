-- Which settling is in force: the largest. Also one that found nothing new is a generation.
CREATE TABLE own.generations (
    generation INTEGER
);
