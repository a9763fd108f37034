"""French spacing: a sign keeps to its word, so that no line begins with one."""

import re

KEPT = re.compile(r" (?=[:;?!%»])|(?<=«) ")


def spaced(text: str, locale: str) -> str:
    """No-break spaces before « : ; ? ! % » and within quotation marks; other languages stay as they are."""
    return KEPT.sub("\u00a0", text) if locale == "fr" else text
