"""Sessions of pi and of what is built on it (OpenClaw)."""
