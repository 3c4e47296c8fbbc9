"""A real PostgreSQL and a real Redis for a machine that has none, and the programs behind `make`. Knows no Django.

`__main__` and what it imports use the standard library alone: they run before anything is installed.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an older Python must be told so in words, not by a syntax error
    sys.exit("Countersign needs Python 3.11 or newer: install python3.11, then `make run PYTHON=python3.11`.")
