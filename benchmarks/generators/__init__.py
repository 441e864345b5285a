"""Traces of any size, seeded and the same to the byte, in the formats that people have."""
