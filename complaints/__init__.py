"""Complaints and claims will live here."""
