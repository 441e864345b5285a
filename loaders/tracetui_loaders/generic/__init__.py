"""Reads JSON of no known format: fields by their usual names, or by a mapping file.

`names` has the usual names, `mapping` reads mapping files, `draft` makes one shape of a record,
`groups` makes spans of drafts, `explain` says what was seen where nothing fits.
"""
