"""The pages behind signed links, as HTML. They load nothing from elsewhere and run no script."""

import base64
import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from domain.decision import Bilingual
from domain.errors import BadInput
from domain.typography import spaced
from domain.upload import BadFile
from web.answers.question import Question

WORDS = {
    "noted": Bilingual("Merci, c’est noté.", "Thank you, we have noted it."),
    "settled": Bilingual("Il n’y a rien à faire", "There is nothing to do"),
    "late": Bilingual(
        "Une réponse était déjà enregistrée ; la vôtre n’a rien changé.",
        "An answer was recorded already; yours changed nothing.",
    ),
    "mend": Bilingual("Quelque chose est à corriger", "Something needs correcting"),
    "unknown": Bilingual("Ce lien n’est pas valable", "This link is not valid"),
    "unknown_lead": Bilingual(
        "Ouvrez-le tel qu’il figure dans notre message, en entier, ou demandez-nous un nouveau lien.",
        "Open it exactly as it stands in our message, in full, or ask us for a new one.",
    ),
    "expired": Bilingual("Ce lien a expiré", "This link has expired"),
    "expired_lead": Bilingual("Demandez-nous un nouveau lien.", "Ask us for a new one."),
    "withheld": Bilingual("Ce fichier n’est pas disponible", "This file is not available"),
    "withheld_lead": Bilingual(
        "Il est en cours de contrôle, ou il a été retiré. Réessayez plus tard ou écrivez-nous.",
        "It is being checked, or was withdrawn. Try again later or write to us.",
    ),
    "files_down": Bilingual("Réessayez dans un instant", "Try again in a moment"),
    "files_down_lead": Bilingual(
        "Nos fichiers ne répondent pas en ce moment ; rien n’est perdu.",
        "Our files do not answer at the moment; nothing is lost.",
    ),
    "private": Bilingual(
        "Cette page vous est personnelle : ne transmettez pas son adresse.",
        "This page is yours alone: do not pass its address on.",
    ),
    "other": Bilingual("English", "Français"),
}
MISTAKES = {
    "amount": Bilingual("Ce montant n’est pas valable.", "This amount is not valid."),
    "until": Bilingual("Choisissez un jour possible.", "Choose a possible day."),
    "until_on": Bilingual("Choisissez un jour plus proche.", "Choose a nearer day."),
    "file": Bilingual("Choisissez un fichier.", "Choose a file."),
    "answer": Bilingual("Choisissez une réponse.", "Choose an answer."),
}


def say(sentence: Bilingual, locale: str) -> str:
    return spaced(sentence.to(locale), locale)


def sentences(wrong: BadInput | None) -> Sequence[Bilingual]:
    """What is to be corrected, for people."""
    if isinstance(wrong, BadFile):
        return [wrong.sentence]
    return [MISTAKES.get(one.field, MISTAKES["answer"]) for one in wrong.mistakes] if wrong else []


class AnswerPages:
    def __init__(self, templates: Path) -> None:
        folder = templates / "web" / "answers"
        self._style = (folder / "answer.css").read_text("utf-8")
        self._jinja = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        self._headers = {
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "X-Robots-Tag": "noindex, nofollow",
        }

    def question(
        self, question: Question, sender: str, locale: str, note: str = "", status: int = 200,
        wrong: BadInput | None = None, given: dict[str, str] | None = None,
    ) -> HTMLResponse:  # fmt: skip
        """``note`` is noted or late, or empty."""
        return self._page(
            "question.html.j2", locale, status, question=question, sender=sender, note=note,
            wrong=[say(one, locale) for one in sentences(wrong)],
            given=given or {},
        )  # fmt: skip

    def unknown(self, locale: str) -> HTMLResponse:
        return self.told("unknown", locale, 404)

    def told(self, what: str, locale: str, status: int) -> HTMLResponse:
        """Why there is no question here: a word of ``WORDS`` that has a lead."""
        return self._page("told.html.j2", locale, status, sender="Échéance", what=what)

    def _page(self, name: str, locale: str, status: int, **values: Any) -> HTMLResponse:
        words = {key: say(word, locale) for key, word in WORDS.items()}
        text = self._jinja.get_template(name).render(
            locale=locale, style=self._style, words=words, other="en" if locale == "fr" else "fr",
            say=partial(say, locale=locale), **values,
        )  # fmt: skip
        return HTMLResponse(text, status, headers={**self._headers, "Content-Language": locale})
