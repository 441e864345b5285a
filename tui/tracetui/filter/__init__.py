"""The filter language: one line of text to a predicate and back, and what may come next.

`language` reads, `printing` writes, `completion` proposes. None of it knows a database: values
to propose are handed in, predicates are values of `tracetui_store.predicates`.
"""
