"""The reader's language: asked for, remembered, or what the browser prefers; French otherwise."""

from collections.abc import Mapping

from starlette.requests import Request

from domain.typography import spaced
from web.console.english import ENGLISH
from web.console.french import FRENCH

COOKIE = "__Host-echeance-language"
TABLES: Mapping[str, Mapping[str, str]] = {"fr": FRENCH, "en": ENGLISH}


def language_of(request: Request) -> str:
    for told in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if told is not None and told in TABLES:
            return told
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The best known language of an Accept-Language header (RFC 9110, 12.5.4)."""
    weights: dict[str, float] = {}
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in TABLES:
            weights[language] = max(weights.get(language, 0.0), _weight(weight))
    return max(weights, key=lambda language: weights[language]) if any(weights.values()) else "fr"


def _weight(text: str) -> float:
    try:
        return min(1.0, float(text)) if text else 1.0
    except ValueError:
        return 0.0


class Words:
    """Sentences of one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._table = TABLES[locale]

    def __call__(self, key: str, **values: object) -> str:
        return spaced(self._table[key], self.locale).format(**values)

    def of(self, kind: str, name: str) -> str:
        """What something is called here; without a word of ours, its own name."""
        return self._table.get(f"{kind}.{name}") or name.replace("_", " ")

    def many(self, key: str, number: int, told: str = "") -> str:
        """With its own word for one; ``told`` is the number as it is written."""
        return self(f"{key}.one") if number == 1 else self(key, n=told or number)

    def spaced(self, text: str) -> str:
        return spaced(text, self.locale)

    def both(self, said: Mapping[str, str]) -> str:
        """The reader's side of a bilingual sentence."""
        return spaced(said.get(self.locale) or said.get("fr", ""), self.locale)
