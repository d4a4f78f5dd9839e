"""Numbers people read aloud and type: order numbers and waybill numbers with an ISO 7064 Mod 11,10 check digit."""

from datetime import datetime

from rulebook.due import local


def check_digit(digits: str) -> str:
    """Return the ISO 7064 Mod 11,10 check digit: finds every single wrong digit and nearly every swap."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def is_valid(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) > 1 and check_digit(digits[:-1]) == digits[-1]


def dated_number(letter: str, serial: int, day: datetime) -> str:
    """Return a letter, the date (yymmdd, Asia/Shanghai), six digits of the serial and a check digit: E2611230000429."""
    digits = f"{local(day):%y%m%d}{serial % 1_000_000:06d}"
    return f"{letter}{digits}{check_digit(digits)}"


def order_number(serial: int, placed: datetime) -> str:
    return dated_number("E", serial, placed)


def complaint_number(serial: int, filed: datetime) -> str:
    return dated_number("T", serial, filed)


def waybill_number(serial: int) -> str:
    """Return nine digits of the serial and a check digit, ten in all."""
    digits = f"{serial % 1_000_000_000:09d}"
    return digits + check_digit(digits)
