"""What every message has in common: French spacing, and the length of an SMS."""

import re
from pathlib import Path

import pytest

from adapters.links import SignedLinks
from adapters.words import Words
from domain.gsm7 import sms_parts
from domain.links import Target
from domain.message import Channel
from tests.ground import ROOT

TEMPLATES = ROOT / "templates"
WORDS = Words(TEMPLATES)
MAILS = sorted(TEMPLATES.glob("*/*/*.email.fr.j2"))
SMS = sorted(TEMPLATES.glob("*/*/*.sms.*.j2"))
AMOUNTS = (
    "amount", "arrears", "budget", "ceiling", "charges", "collected", "consumed", "due", "excess", "granted",
    "fee", "given_back", "held", "indemnity", "left", "next_amount", "paid_total",
    "payable", "remaining", "revenue", "share", "target", "unpaid",
)  # fmt: skip
DAYS = (
    "answer_by", "applied_on", "called_on", "changed_on",
    "completed_on", "decide_by", "done_on", "due_on", "ends_on",
    "held_on", "invoiced_on", "last_due_on", "last_on", "month_on", "next_due_on",
    "oldest_due_on", "paid_on", "sent_on", "valid_until", "visit_on",
)  # fmt: skip
LINK = SignedLinks(["a-secret"], "https://motos-douala.example").to(
    Target("motos-douala", "fleet.dunning", "CT-2031-0412", "DR-0412")
)
DATA = {
    "workspace": "motos-douala", "request": "r5e0c2a77b1d4",
    **{name: {"minor": 1_250_000, "currency": "XAF"} for name in AMOUNTS},
    **dict.fromkeys(DAYS, "2032-02-29"),
    "name": "Aïcha Ngo Bassa", "about_name": "Jean Morel", "sender": "Motos Douala", "link": LINK,
    "contract": "CT-2031-0412", "bike": "MOTO-0412", "days_late": 12, "days_left": 1, "kind": "presentation",
    "title": "Rapport", "deliverable": "S-2032-014-R1", "level": "gold", "tacit": True, "project": "P-1",
    "project_name": "Plan 2032", "percent": 85, "exceeded": False, "answer": "approved",
    "station": "ST-07", "station_name": "Bonabéri", "swaps": 2150, "agency": "AG-02", "agency_name": "Akwa",
    "agent": "AG-01",
    "visit": "V-2032-0107", "slot": "8 h - 10 h", "quote": "D-2032-0044", "application": "CA-2032-014",
    "placement": "S-2032-014", "contracts": 120, "late_contracts": 14, "new_contracts": 9,
    "report": "station", "period": {"fr": "mars 2026", "en": "March 2026"},
    "files": [{"name": "pdf", "link": "https://motos-douala.example/f/token"}],
    "on_day": "2032-02-29", "visits": 12, "leaves": {"fr": "8 h 05", "en": "08:05"},
    "first": {"fr": "8 h 30", "en": "08:30"}, "returns": {"fr": "16 h 40", "en": "16:40"},
    "bike_before": "MOTO-0398", "payout": "V-2032-0107", "channel": "bank", "payout_kind": "share",
    "invoice": "F-2032-0107", "bikes": 12, "points": 68, "band": "c",
    "lever": {
        "fr": "2 jours à l’heure et vous êtes en classe B.", "en": "2 days on time and you are in class B."
    },
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", MAILS, ids=name_of)
def test_no_line_of_a_french_mail_begins_with_a_sign(path: Path) -> None:
    mail = WORDS.write(name_of(path).partition(".")[0], Channel.EMAIL, "fr", DATA)
    for text in (mail.subject, mail.text, mail.html.partition("<body")[2]):
        assert not [sign for sign in ":;?!%»" if f" {sign}" in text.replace(";'", "")]
        assert "« " not in text


@pytest.mark.parametrize("path", SMS, ids=name_of)
def test_an_sms_is_one_part_and_a_second_one_for_its_link(path: Path) -> None:
    template, _, locale, _ = name_of(path).split(".")
    text = WORDS.write(template, Channel.SMS, locale, DATA).text
    assert sms_parts(text.replace(LINK, "")) == 1
    assert sms_parts(text) <= 2


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_last_day_to_refuse_a_tacit_renewal_stands_in_a_frame(locale: str) -> None:
    """Code de la consommation, art. L215-1 (France)."""
    mail = WORDS.write("maintenance/renewal/notice", Channel.EMAIL, locale, DATA)
    framed = re.findall(r"border:2px[^>]*>([^<]*)<", mail.html)
    ruled = re.findall(r"-{40}\n(.*)\n-{40}", mail.text)
    assert len(framed) == 1
    assert ruled == framed
    assert "2032" in framed[0]
