"""The handbook as plain data and pure functions: clauses, facts, limits, points, tiers, fines. No framework here."""

VERSION = "2026.11"
"""Stored with every clock, so that an old one can always be told from which rules it was computed."""
