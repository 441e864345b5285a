-- A row per settling of the usage roles: also one that found nothing replaces the one before.
CREATE TABLE own.generations (
    generation INTEGER
);
