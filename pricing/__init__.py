"""Tariffs, contracts, campaigns and quotes."""
