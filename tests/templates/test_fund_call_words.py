"""The mails about budgets and fund calls, in both languages and for every turn that they may take."""

import pytest

from adapters.words import Words
from domain.message import Channel
from tests.ground import ROOT

DATA = {
    "name": "Claire Martin", "sender": "Formation", "zone": "Europe/Paris", "link": "https://e.example/a/x",
    "project": "P-1", "project_name": "Plan 2031", "budget": {"minor": 10_000_00, "currency": "EUR"},
    "consumed": {"minor": 8_500_00, "currency": "EUR"}, "left": {"minor": 1_500_00, "currency": "EUR"},
    "exceeded": False, "excess": {"minor": 0, "currency": "EUR"}, "percent": 85,
    "amount": {"minor": 700_00, "currency": "EUR"}, "called_on": "2031-10-22", "expires_on": "2031-11-05",
    "answer_by": "2031-11-04", "answer": "approved", "granted": {"minor": 700_00, "currency": "EUR"},
}  # fmt: skip
NAMES = ("threshold", "exceeded", "request", "reminder", "approved", "closed")
TURNS: tuple[dict[str, object], ...] = (
    {},
    {"exceeded": True, "answer": "adjusted", "expires_on": None, "answer_by": None},
    {"answer": "refused"},
    {"answer": "expired"},
)


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("turn", TURNS)
def test_every_turn_has_words(name: str, locale: str, turn: dict[str, object]) -> None:
    text = Words(ROOT / "templates").write(
        f"training/fund_call/{name}", Channel.EMAIL, locale, {**DATA, **turn}
    )
    assert "Plan 2031" in text.subject
    assert "Claire Martin" in text.text
    assert "None" not in text.subject + text.text
    assert ("https://e.example/a/x" in text.text) == (name in ("request", "reminder"))


def test_a_request_says_how_much_and_until_when() -> None:
    text = Words(ROOT / "templates").write("training/fund_call/request", Channel.EMAIL, "fr", DATA)
    assert text.subject.replace("\N{NO-BREAK SPACE}", " ") == (
        "Appel de fonds pour le projet Plan 2031 : 700,00 €"
    )
    assert "jusqu’au mardi 4 novembre 2031 inclus" in text.text
