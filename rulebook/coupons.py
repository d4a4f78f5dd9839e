"""What a coupon takes off a price (§4.5): a line of its own, after everything else; it never pays anything out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from rulebook.quotes import Line, Quote

CODE = "coupon"


def line(number: str, worth: Decimal, total: Decimal, *, version: str = "") -> Line:
    """Return the line of a coupon of this worth on a price of this total (CNY): at most the total, the rest lapses †."""
    off = min(worth, total)
    zh, en = f"优惠券 {number} 抵 ¥{off}", f"coupon {number}: ¥{off} off"
    if off < worth:
        zh, en = f"{zh}（面值 ¥{worth}，余额不退）", f"{en} (worth ¥{worth}, the rest lapses)"
    return Line(
        code=CODE, zh="优惠券", en="Coupon", basis="flat", quantity=Decimal(1), unit_price=-off, amount=-off,
        rule=f"coupon:{number}", version=version, words_zh=zh, words_en=en,
    )  # fmt: skip


def off(quote: Quote, number: str, worth: Decimal) -> Quote:
    """Return the price less the coupon; one that is yet to be quoted stays as it is."""
    if not quote.priced:
        return quote
    coupon = line(number, worth, quote.total, version=quote.version)
    zh, en = f"{quote.zh}；{coupon.words_zh}", f"{quote.en}; {coupon.words_en}"
    return replace(quote, lines=(*quote.lines, coupon), zh=zh, en=en)
