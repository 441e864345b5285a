"""Screens: each owns its workers and queries, and hands values to its widgets."""
