"""What goods cost, and the verbs of those who manage prices. Facts and quotes are plain values (`rulebook.quotes`)."""

from pricing.services.quoting import keep, lines_of, offers, quote, redelivery
from rulebook.quotes import Line, Quote, QuoteFacts

__all__ = ["Line", "Quote", "QuoteFacts", "keep", "lines_of", "offers", "quote", "redelivery"]
