"""Tariffs, contracts, campaigns and quotes will live here."""
