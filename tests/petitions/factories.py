"""Factories for petitions."""
