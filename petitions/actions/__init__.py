"""What can happen to statements and signatures, one function each."""

from petitions.actions.publishing import freeze_version, open_statement

__all__ = ["freeze_version", "open_statement"]
