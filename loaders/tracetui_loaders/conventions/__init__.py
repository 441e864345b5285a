"""Conventions: attribute keys to normalised fields, one table per convention."""
