"""What goods cost, and the verbs of those who manage prices. Facts and quotes are plain values (`rulebook.quotes`)."""

from pricing.services.held import HOLDS, Held, as_told, number_of, read
from pricing.services.quoting import cod_plan, keep, lines_of, offers, quote, redelivery
from rulebook.quotes import Line, Quote, QuoteFacts

__all__ = [
    "HOLDS", "Held", "Line", "Quote", "QuoteFacts", "as_told", "cod_plan", "keep", "lines_of", "number_of", "offers", "quote", "read",
    "redelivery",
]  # fmt: skip
