"""What the SQL console knows beside its screen: completion, history, files that it writes."""
