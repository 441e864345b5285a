"""Inspect AI's evaluation logs: the archive, a sample's events, its messages and usage."""
