-- Resources with their scopes, stored once per source.
CREATE TABLE resources (
    resource_id BIGINT,
    attributes VARCHAR,
    scope_attributes VARCHAR,
    schema_url VARCHAR
);
