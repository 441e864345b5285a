SELECT count(*) FROM own.hidden_sources;
