"""Loaders: files and streams in, Arrow batches of normalised spans out."""
