import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.gsm7 import BASIC, EXTENSION, sms_parts, to_gsm7


def test_the_alphabet_has_127_characters_and_an_escape() -> None:
    assert len(BASIC) == 127
    assert not BASIC & EXTENSION
    assert "Ç" in BASIC
    assert "ç" not in BASIC


@pytest.mark.parametrize(
    ("french", "sent"),
    [
        ("é è à ù Ç É ñ ü ö €", "é è à ù Ç É ñ ü ö €"),
        ("Bientôt la fête, ça s’arrête là", "Bientot la fete, ca s'arrete là"),
        ("œuvre, Œuvre, À, È, Ê, î, ï, û", "oeuvre, OEuvre, A, E, E, i, i, u"),
        ("Tapez «\u202fSTOP\u202f» ou « AIDE »", 'Tapez "STOP" ou "AIDE"'),
        ("1\u202f250\u00a0F — 12,50\u00a0€…", "1 250 F - 12,50 €..."),
        ("e\u0301te\u0301", "été"),
        ("Merci 😀", "Merci ?"),
        ("deux\nlignes\u200b\x00", "deux\nlignes"),
    ],
)
def test_french_is_reduced_as_a_reader_would(french: str, sent: str) -> None:
    assert to_gsm7(french) == sent


@given(st.text())
def test_what_is_sent_is_in_the_alphabet_and_stays_as_it_is(text: str) -> None:
    sent = to_gsm7(text)
    assert set(sent) <= BASIC | EXTENSION
    assert to_gsm7(sent) == sent


@given(st.text(st.sampled_from(sorted(BASIC | EXTENSION))))
def test_what_is_in_the_alphabet_is_left_alone(text: str) -> None:
    assert to_gsm7(text) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 160, 1),
    ],
)
def test_parts_are_counted_in_septets(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_a_character_of_two_septets_is_never_cut_in_two() -> None:
    assert sms_parts("a" * 152 + "€" + "a" * 152) == 3


@given(st.text(st.sampled_from("aé€["), max_size=700))
def test_parts_hold_the_text_and_no_more(text: str) -> None:
    """The oracle takes characters away from the front, part by part."""
    septets = [1 + (char in EXTENSION) for char in text]
    parts = 0
    while septets:
        room = 160 if not parts and sum(septets) <= 160 else 153
        while septets and septets[0] <= room:
            room -= septets.pop(0)
        parts += 1
    assert sms_parts(text) == parts
