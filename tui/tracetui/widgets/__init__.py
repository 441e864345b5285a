"""Widgets: values in, messages out; none of them queries."""
