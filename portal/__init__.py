"""The online service hall: the customers' pages."""
