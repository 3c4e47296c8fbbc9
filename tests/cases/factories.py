"""Factories for cases."""
