SELECT attributes, scope_attributes, schema_url FROM resources WHERE resource_id = $resource_id;
