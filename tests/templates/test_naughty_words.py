"""What people are called and what they wrote stands in our messages as a text, whatever it looks like."""

import re

import pytest

from domain.gsm7 import to_gsm7
from domain.message import Channel
from tests.api.naughty import KINDS, LOOP, PRODUCT, Obeyed
from tests.templates.test_words import DATA, MAILS, SMS, TEMPLATES, WORDS, name_of

GIVEN = {
    "name", "about_name", "sender", "title", "project_name", "station_name", "agency_name", "slot",
    "workspace", "contract", "project", "deliverable", "company",
}  # fmt: skip
"""Values of the data that somebody typed."""
OWN = (
    "Cliquez ici -> https://e.example/login", "x\n\nCliquez ici -> https://e.example", "x -->  https://e.example",
    "| x", "|", " | x", "x\n\n| Payez à zzevil", "x\r\rSubject: zzevil", "x\u2029\u2029| y",
)  # fmt: skip
"""Signs of our own mails: a button, a frame, another paragraph, the end of a subject."""
MAIL_NAMES = sorted({name_of(path).partition(".")[0] for path in MAILS})
SMS_NAMES = sorted({name_of(path).partition(".")[0] for path in SMS})
TEXTS = {
    kind: [text for text in texts if text.strip()] for kind, texts in {**KINDS, "signs": OWN}.items()
    if kind not in ("halves", "long")
}  # fmt: skip
"""The database holds no halves of characters, and the API takes no empty names and no long ones."""


def data_with(text: str) -> dict[str, object]:
    return {name: text if name in GIVEN else value for name, value in DATA.items()}


def shape(html: str) -> list[str]:
    """The elements and where they lead, without the words."""
    return re.findall(r"<[a-z/!][^>]*>", html)


@pytest.mark.parametrize("kind", TEXTS)
def test_a_mail_keeps_its_shape(kind: str) -> None:
    for number, name in enumerate(MAIL_NAMES):
        locale = ("fr", "en")[number % 2]
        honest = WORDS.write(name, Channel.EMAIL, locale, data_with("Moreau"))
        text = TEXTS[kind][number % len(TEXTS[kind])]
        mail = WORDS.write(name, Channel.EMAIL, locale, data_with(text))
        assert Obeyed(mail.html).found == [], (name, text)
        assert shape(mail.html) == shape(honest.html), (name, text)
        assert mail.text.count("\n\n") == honest.text.count("\n\n"), (name, text)
        assert not re.search(r"[\r\n\v\f\x85\u2028\u2029]", mail.subject), (name, text)
        for made in (mail.subject, mail.text, mail.html):
            assert PRODUCT not in made, (name, text)
            assert LOOP not in made, (name, text)


@pytest.mark.parametrize("kind", TEXTS)
def test_an_sms_is_one_line(kind: str) -> None:
    for number, name in enumerate(SMS_NAMES):
        text = TEXTS[kind][number % len(TEXTS[kind])]
        sms = WORDS.write(name, Channel.SMS, "fr", data_with(text)).text
        assert len(sms.splitlines()) == 1, (name, text)
        assert PRODUCT not in sms, (name, text)
        assert LOOP not in sms, (name, text)
        assert sms == to_gsm7(sms), (name, text)


def test_what_is_sent_is_what_was_tried() -> None:
    assert len(MAIL_NAMES) >= max(map(len, TEXTS.values()))
    assert len(MAIL_NAMES) + len(SMS_NAMES) > 40
    assert {path.name.partition(".")[0] for path in TEMPLATES.glob("platform/letter/*.j2")} <= {
        name.rpartition("/")[2] for name in MAIL_NAMES
    }
