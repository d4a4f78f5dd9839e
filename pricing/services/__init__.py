"""What goods cost, and the verbs of those who manage prices. Facts and quotes are plain values (`rulebook.quotes`)."""

from pricing.services.quoting import cod_plan, keep, lines_of, offers, quote, redelivery
from rulebook.quotes import Line, Quote, QuoteFacts

__all__ = ["Line", "Quote", "QuoteFacts", "cod_plan", "keep", "lines_of", "offers", "quote", "redelivery"]
