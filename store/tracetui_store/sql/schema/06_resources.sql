-- Resources with their scopes, stored once per source.
CREATE TABLE own.resources (
    resource_id BIGINT,
    attributes VARCHAR,
    scope_attributes VARCHAR,
    schema_url VARCHAR
);
