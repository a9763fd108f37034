"""Which answers to a text message are a request to stop, or to start again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.replies import is_start, is_stop


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        " stop. ",
        "Stop svp",
        "STOP s'il vous plaît !",
        "stop merci",
        "ARRET",
        "Arrêt",
        "ARRÊTEZ SVP",
        "STOP SMS",
        "STOP au 36180",
        "stop aux messages",
        "Désabonner",
        "je veux me désabonner",
        "Je souhaite me désinscrire",
        "unsubscribe please",
        "Bonjour, je ne veux plus recevoir vos SMS",
        "N'envoyez plus de messages",
        "Please do not text me",
        "ＳＴＯＰ",
    ],
)
def test_a_request_to_stop_is_understood(text: str) -> None:
    assert is_stop(text)
    assert not is_start(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "Oui",
        "Je suis à l'arrêt de bus",
        "Arrêt de travail jusqu'au 12",
        "Ne mettez pas stop, je paie demain",
        "Merci",
        "svp",
        "nonstop",
        "Je ne peux plus payer",
    ],
)
def test_any_other_answer_is_left_to_a_person(text: str) -> None:
    assert not is_stop(text)
    assert not is_start(text)


@pytest.mark.parametrize("text", ["START", "start svp", "Unstop", "Réabonner", "je veux me réabonner"])
def test_a_request_to_start_again_is_understood(text: str) -> None:
    assert is_start(text)
    assert not is_stop(text)


@given(st.text())
def test_no_text_is_both(text: str) -> None:
    assert not (is_stop(text) and is_start(text))
