"""References stand in workflow ids, search attributes and addresses, where nothing can be erased: they name
nobody.
"""

import re
import unicodedata

from domain.errors import Mistake

SHORTEST_NAME = 3
SHORTEST_LOCAL_PART = 5
DIGITS = 6
"""So many of a phone number's last digits tell whose it is."""

GENERIC = frozenset(
    {"contact", "info", "client", "agence", "atelier", "compta", "service", "bonjour", "test"}
)
"""Words before the @ that are nobody's name."""

MEND = "use a number or a code that says nothing of the person, such as C-0042"


def telling_mistakes(
    field: str, reference: str, full_name: str, email: str | None = None, phone: str | None = None
) -> list[Mistake]:
    """A mistake if ``reference`` tells the name, the address or the number of the person it is about."""
    words = set(re.findall(r"[a-z]+", _plain(reference)))
    names = {word for word in re.findall(r"[a-z]+", _plain(full_name)) if len(word) >= SHORTEST_NAME}
    local = _plain(email or "").partition("@")[0]
    written = _plain(reference)
    digits = re.sub(r"\D", "", phone or "")[-DIGITS:]
    if words & names:
        return [Mistake(field, "the reference tells the person’s name", MEND)]
    if len(local) >= SHORTEST_LOCAL_PART and local not in GENERIC and local in written:
        return [Mistake(field, "the reference tells the person’s email address", MEND)]
    if len(digits) == DIGITS and digits in re.sub(r"\D", "", reference):
        return [Mistake(field, "the reference tells the person’s phone number", MEND)]
    return []


def _plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
