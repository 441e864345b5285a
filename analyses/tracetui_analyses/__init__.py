"""Analyses: pure functions over Arrow and numpy that answer questions about traces."""
