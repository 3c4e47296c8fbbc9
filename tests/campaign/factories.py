"""Factories for campaign."""
