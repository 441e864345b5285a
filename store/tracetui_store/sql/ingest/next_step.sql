SELECT greatest(
    (SELECT coalesce(max(step), 0) FROM progress),
    (SELECT coalesce(max(step), 0) FROM source_states)
) + 1;
