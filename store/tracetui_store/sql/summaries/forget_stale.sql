DELETE FROM own.stale_traces;
