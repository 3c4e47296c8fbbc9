"""Factories for mandates."""
