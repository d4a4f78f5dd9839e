"""The staff's pages, split by noun."""
