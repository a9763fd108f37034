"""What keeps a rule from sending, at the moments at which a case is looked at."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from domain.decision import Bilingual, Step
from domain.money import Money
from rules.engine import Book, Question
from rules.errors import FactsRefused
from rules.finding import Place, obstacle, sending_places
from rules.library import Library
from rules.phrasing import condition_words
from rules.schema import read_book
from rules.telling import told
from tests.ground import ROOT
from tests.rules.books import VOCABULARY, ask, ladder, shipped
from tests.rules.random_facts import RandomFacts

LIBRARY = Library.load(ROOT / "rules")

OLDEST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("rule", "at", "days_late", "kind", "coming"),
    [
        ("reminder", "2026-03-04 20:00", 3, "not_yet", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("reminder", "2026-03-05 07:00", 4, "not_yet", datetime(2026, 3, 5, 9, tzinfo=UTC)),
        ("reminder", "2026-03-05 10:00", 4, "none", None),
        ("reminder", "2026-03-06 07:00", 5, "none", None),
        ("reminder", "2026-03-09 07:00", 8, "over", None),
    ],
)
def test_a_step_of_a_stage_has_one_moment(
    rule: str, at: str, days_late: int, kind: str, coming: datetime | None
) -> None:
    """In the morning of a later day of its stage it is not said to come again."""
    place = next(one for one in sending_places(shipped("fleet/dunning")) if one.rule == rule)
    facts = {"days_late": days_late, "arrears": Money("XAF", 10_000), "oldest_due_on": OLDEST}
    found = obstacle(place, facts, ask(at))
    assert (found.kind, found.at) == (kind, coming)


def looks(book: Book, times: int) -> Iterator[tuple[Question, dict[str, Any]]]:
    """Random facts at random hours; days are near, amounts in euros."""
    random = Random(book.name)
    for _ in range(times):
        put = ask(f"2026-03-{random.randint(1, 31):02} {random.randint(0, 23):02}:00", near=False)
        drawn = RandomFacts(book, put.today, random).draw()
        for name, fact in book.facts.items():
            if fact.type == "money":
                drawn[name] = Money("EUR", drawn[name])
            elif fact.type == "date" and drawn[name]:
                drawn[name] = put.today + timedelta(days=random.randint(-40, 40))
        yield put, drawn


def sends(place: Place, steps: tuple[Step, ...]) -> bool:
    """Whether the rule's message is among the steps."""
    own = [one for one in steps if one.kind == "message" and one.template == place.template]
    return any(one.id.partition("#")[0].partition(".")[0] == place.rule for one in own)


SENDING = [book for book in LIBRARY.books() if sending_places(book) and book.policy != "pattern"]


@pytest.mark.parametrize("book", SENDING, ids=lambda book: book.name)
def test_whatever_the_facts_nothing_stands_in_the_way_of_what_is_sent(book: Book) -> None:
    """And whatever does stand in the way can be said, in both languages, with its reasons."""
    sent = silent = 0
    for put, facts in looks(book, 1_500):
        try:
            steps = book.decide(facts, put).steps
        except FactsRefused:
            continue
        for place in sending_places(book):
            found = obstacle(place, facts, put)
            if sends(place, steps):
                sent += 1
                assert found.kind == "none", (place.rule, facts)
                continue
            silent += 1
            said = told(place, found, put.today, put.zone)
            assert found.kind == "none" or said, (place.rule, found)
            assert not [one for one in said if "None" in one.fr or "None" in one.en]
    assert sent
    assert silent


@pytest.mark.parametrize(
    ("cell", "fact", "fr", "en"),
    [
        ('">= 5"', "int", "au moins 5", "at least 5"),
        ('"< 5"', "int", "au plus 4", "at most 4"),
        ('"< 2.5"', "decimal", "moins de 2,5", "less than 2.5"),
        ('"> 2.5"', "decimal", "plus de 2,5", "more than 2.5"),
        ("5..9", "int", "entre 5 et 9", "between 5 and 9"),
        ("5", "int", "5", "5"),
        ('"<= 12.50"', "money", "au plus 12,50\u00a0€", "at most 12.50\u00a0EUR"),
        ("[1, 3..]", "int", "1 ou au moins 3", "1 or at least 3"),
        ("not none", "date", "une valeur quelconque", "any value"),
        ("none", "date", "aucune valeur", "no value"),
        ("any", "date", "n’importe quelle valeur ou aucune", "any value or none"),
        ('">= today"', "date", "aujourd’hui ou après", "today or later"),
        ('"<= today-3d"', "date", "aujourd’hui − 3 jours ou avant", "today − 3 days or earlier"),
        ('"> 2026-03-12"', "date", "le 13 mars 2026 ou après", "13 March 2026 or later"),
        ("2026-03-01..2026-03-12", "date", "entre le 1er mars 2026 et le 12 mars 2026",
         "between 1 March 2026 and 12 March 2026"),
        ("true", "bool", "oui", "yes"),
        ("not b", "enum", "autre chose que b", "anything but b"),
    ],
)  # fmt: skip
def test_a_cell_in_words(cell: str, fact: str, fr: str, en: str) -> None:
    values = ", values: [a, b]" if fact == "enum" else ""
    text = (
        "policy: thresholds\nname: book\ntitle: {fr: Livre, en: Book}\nversion: '1'\ncurrency: EUR\n"
        f"facts:\n  x: {{type: {fact}, label: {{fr: le x, en: the x}}, missing: {MISSING[fact]}{values}}}\n"
        f"mode: first\nrules:\n  - {{id: r, when: {{x: {cell}}}, outcome: o, why: {{fr: A., en: A.}}}}\n"
        "otherwise: {outcome: n, why: {fr: B., en: B.}}\nexamples: []\n"
    )
    book = read_book(text, "book.yaml", VOCABULARY, examples=False)
    assert condition_words(book.conditions()[0], book.facts, "") == Bilingual(
        f"« le x » vaut {fr}", f"'the x' is {en}"
    )


MISSING = {"int": "0", "decimal": "0", "money": "0", "date": "none", "bool": "false", "enum": "a"}


@pytest.mark.parametrize(
    ("at", "kind"),
    [("2026-06-08 10:00", "not_yet"), ("2026-06-10 10:00", "none"), ("2026-06-11 10:00", "missed")],
)
def test_a_reminder_that_missed_its_date_says_so(at: str, kind: str) -> None:
    book = ladder("id: eve, at: -1d")
    [place] = sending_places(book)
    facts = {"due_on": date(2026, 6, 10)}
    found = obstacle(place, facts, ask(at))
    assert found.kind == kind
    assert bool(book.decide(facts, ask(at)).steps) == (kind == "none")
    said = [one.fr for one in told(place, found, date(2026, 6, 11), "UTC")]
    assert ("l’échéance est passée" in " ".join(said)) == (kind == "missed")
