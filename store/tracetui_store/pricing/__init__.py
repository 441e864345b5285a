"""What a token costs: pure functions from the names that calls carry to price rows.

It stands in the store because settling prices what is loaded, and the store may import nothing
above itself; loaders must not know of money. No module here knows DuckDB: `tracetui_store.priced`
puts the rows into a table, and SQL multiplies.

Source: COST §2-§5.
"""
