"""What a terminal's numbers mean, for people (pure)."""

from collections.abc import Mapping

CURRENCIES: Mapping[str, int] = {
    "EUR": 978, "DKK": 208, "SEK": 752, "NOK": 578, "PLN": 985, "RON": 946, "RSD": 941, "CHF": 756, "GBP": 826,
    "CZK": 203, "HUF": 348, "USD": 840, "KRW": 410, "ISK": 352, "BGN": 975,
    "AUD": 36, "NZD": 554, "JPY": 392, "KWD": 414, "BHD": 48, "TND": 788, "XTS": 963,
}  # fmt: skip
"""ISO 4217: letters -> number, as a terminal wants it; XTS is the one reserved for testing."""
RESULTS: Mapping[int, str] = {
    0x64: "the card cannot be read",
    0x65: "there is no card",
    0x66: "the terminal failed",
    0x67: "not with this card",
    0x68: "not with this card",
    0x6A: "the terminal's memory is full: close its day",
    0x6B: "the terminal is not set up",
    0x6C: "the customer or the time ended it",
    0x6E: "the card is blocked",
    0x6F: "another currency",
    0x71: "not enough money",
    0x72: "the chip failed",
    0x73: "the card's data are wrong",
    0x77: "the terminal's day cannot be closed",
    0x78: "the card has expired",
    0x79: "the card is not valid yet",
    0x7A: "the card is unknown",
    0x7D: "no line to the bank",
    0x83: "the terminal cannot do that",
    0x85: "the terminal has no key",
    0x89: "the PIN pad is broken",
    0x9A: "the terminal did not understand",
    0x9B: "no line to the bank",
    0x9C: "the terminal asks to wait",
    0xA0: "the terminal is busy",
    0xA1: "the bank does not answer",
    0xA3: "no line to the bank",
    0xB1: "the terminal's memory is full",
    0xB2: "the terminal's journal is full: close its day",
    0xB4: "it has been reversed already",
    0xB5: "it cannot be reversed",
    0xB7: "the amount is wrong",
    0xC2: "the terminal wants a diagnosis",
    0xC3: "the amount is too large",
    0xC5: "this way to pay is not taken",
    0xC6: "this currency is not taken",
    0xC8: "the amount is too small",
    0xCC: "the terminal's printer is not ready",
    0xDC: "a card is still inserted",
    0xE0: "the terminal is being serviced",
    0xE2: "the card reader does not answer",
    0xE4: "the terminal must be activated",
    0xF0: "the terminal's day is still open",
    0xFC: "a part of the terminal is missing",
    0xFF: "the terminal failed",
}
"""Result code -> why nothing was taken. Below 0x64 it is the bank's own word."""
DOING: Mapping[int, str] = {
    0x00: "customer", 0x01: "pin", 0x02: "pin", 0x04: "host", 0x05: "host", 0x06: "host", 0x0A: "card",
    0x0B: "remove-card", 0x0E: "host", 0x15: "pin", 0x17: "host", 0x28: "customer", 0x29: "customer", 0x2C: "customer",
    0x41: "pin", 0x42: "pin", 0x44: "remove-card", 0x4B: "remove-card", 0xD2: "host", 0xD3: "host", 0xE0: "customer",
    0xE1: "customer",
}  # fmt: skip
"""Intermediate status -> what the till's page is told."""


def why(code: int, words: str = "") -> str:
    """Why a terminal said no: its own words, else the code's."""
    return words or RESULTS.get(code, f"declined by the bank ({code})" if code < 0x64 else f"the terminal said {code}")


def doing(code: int) -> str:
    """What a terminal waits for, in one word; empty when that tells a cashier nothing."""
    return DOING.get(code, "")
