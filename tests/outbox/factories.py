"""Factories for outbox."""
