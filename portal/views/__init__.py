"""The pages of the hall, by noun."""
