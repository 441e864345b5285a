"""Sessions of opencode: its storage, its exports, and the events that it prints."""
