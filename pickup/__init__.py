"""Fetching the goods from the shipper (接货, handbook §1.3.1)."""
