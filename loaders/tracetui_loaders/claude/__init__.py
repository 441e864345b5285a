"""Claude Code's records: who says what in a session file, and how sub-agents hang together."""
