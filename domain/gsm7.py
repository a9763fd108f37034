"""SMS text in the GSM 7-bit alphabet (3GPP TS 23.038), outside of which a part holds 70 characters only."""

import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€")
"""Each takes two septets: an escape and itself."""

LONE_PART = 160
JOINED_PART = 153
"""Septets of a part among several: seven go to the header that joins them."""

NEAREST = str.maketrans(
    {
        "’": "'", "‘": "'", "‚": "'", "ʼ": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"', "‹": "'", "›": "'",
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "…": "...", "•": "-", "·": "-",
        "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "đ": "d",
        "×": "x", "÷": "/", "\t": " ", "°": "o", "⁄": "/", "\u2028": "\n", "№": "No", "→": "->",
        "ə": "e", "ɛ": "e", "ɔ": "o", "ŋ": "n",
    }
)  # fmt: skip
"""What no decomposition of Unicode gives; the last ones are letters of Cameroon's languages."""

UNSEEN = ("Mn", "Cf", "Cc")
"""Unicode categories without a shape: combining marks, format and control characters."""

INNER_SPACE = ("« ", " »")
"""French puts a space inside its quotation marks; beside straight ones it would be a slip."""


def to_gsm7(text: str) -> str:
    """The nearest text of the alphabet: é è à ù stay, ê ô ç œ ’ and thin spaces give way.

    What has no likeness there (an emoji) becomes ``?``; control characters other than line ends go.
    """
    plain = "".join(" " if unicodedata.category(char) == "Zs" else char for char in text)
    for spaced in INNER_SPACE:
        plain = plain.replace(spaced, spaced.strip())
    return "".join(_nearest(char) for char in unicodedata.normalize("NFC", plain))


def sms_parts(text: str) -> int:
    """How many SMS the text takes once reduced; no character is cut in two between parts. 0 when empty."""
    widths = [2 if char in EXTENSION else 1 for char in to_gsm7(text)]
    if sum(widths) <= LONE_PART:
        return 1 if widths else 0
    parts, used = 1, 0
    for width in widths:
        if used + width > JOINED_PART:
            parts, used = parts + 1, 0
        used += width
    return parts


def _nearest(char: str) -> str:
    if _fits(char):
        return char
    base = unicodedata.normalize("NFKD", char.translate(NEAREST))
    kept = "".join(one for one in base.translate(NEAREST) if unicodedata.category(one) not in UNSEEN)
    return "".join(one if _fits(one) else "?" for one in kept)


def _fits(char: str) -> bool:
    return char in BASIC or char in EXTENSION
