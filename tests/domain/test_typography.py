"""French spacing."""

import pytest

from domain.typography import spaced


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Rappel : 85 % ; payé ? Merci !", "Rappel\xa0: 85\xa0%\xa0; payé\xa0? Merci\xa0!"),
        ("« Mon rapport » est remis", "«\xa0Mon rapport\xa0» est remis"),
        ("Répondre -> https://e.example/a/x?y=1", "Répondre -> https://e.example/a/x?y=1"),
    ],
)
def test_signs_keep_to_their_word_in_french(written: str, set_: str) -> None:
    assert spaced(written, "fr") == set_
    assert spaced(set_, "fr") == set_
    assert spaced(written, "en") == written
