"""Sessions of goose: files, exports, printed events, and its database."""
