"""What can happen to a case. Every action opens its own transaction and locks the case first."""
