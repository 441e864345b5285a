"""Formats: one module per file format, each with its loader as `LOADER`."""
