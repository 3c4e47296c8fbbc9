"""What programs may read of statements, as JSON: the shapes of the answers, and how each is filled.

`shapes` is the one place that says what an answer holds; `description` makes OpenAPI of it, docs/api.md shows it to
people. An answer never says more than the page for everybody beside it.
"""
