"""`echeance rules explain`: what a book says of given facts, by which rules, and what would change it."""

import json
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from adapters.durable.client import DurableRules
from adapters.holidays import PublicHolidays
from commands.arguments import DayInReach
from commands.books import named, shipped_library
from commands.words import Voice, as_json, in_language
from domain.calendar import at_local
from domain.errors import BadInput, Mistake
from domain.money import Money, parse_money
from rules.asking import open_days
from rules.engine import Book
from rules.errors import nearest
from rules.facts import Fact, recalled, recorded
from rules.gives import given_as_text
from rules.history import cell
from rules.ruling import Question, Ruling

PREFIX = "question:1"
MOMENT = DayInReach(["%Y-%m-%d", "%Y-%m-%d %H:%M"])


@click.command()
@click.argument("book")
@click.option("--facts", "given", multiple=True, help="fact=value, or a JSON file; as often as needed.")
@click.option("--on", type=MOMENT, required=True, help="Local moment; of a day alone, its noon.")
@click.option("--done", multiple=True, help="A step that was done, as notice:2026-03-01.")
@click.option("--zone", default="Africa/Douala", show_default=True)
@click.option("--country", default="CM", show_default=True, help="Whose public holidays count.")
@click.option("--currency", default="XAF", show_default=True, help="Of amounts given without one.")
@in_language
@as_json
def explain(
    book: str,
    given: tuple[str, ...],
    on: datetime,
    done: tuple[str, ...],
    zone: str,
    country: str,
    currency: str,
    lang: str,
    machine: bool,
) -> None:
    """What BOOK (a name or a file) says of these facts, by which rules, and what would change it."""
    voice = Voice(lang, machine)
    hour = time(12) if on.time() == time(0) else on.time()
    at: datetime = voice.mend_or_fail(lambda: at_local(on.date(), hour, zone))
    keys = frozenset(f"{PREFIX}:{key}" for key in done)
    question = Question(PREFIX, at, zone, keys, open_days(country, PublicHolidays()))
    with closing(DurableRules()) as engine:
        read: Book = voice.mend_or_fail(lambda: named(book, shipped_library(engine)))
        facts = voice.mend_or_fail(lambda: facts_of(read, given, currency))
        ruling: Ruling = voice.mend_or_fail(lambda: read.decide(facts, question))
    voice.data(shown(read, ruling))
    if not machine:
        tell(voice, read, ruling, question)


def facts_of(book: Book, given: tuple[str, ...], currency: str) -> dict[str, object]:
    """Raises BadInput with everything that cannot be read."""
    facts, mistakes = dict[str, object](), list[Mistake]()
    for name, value in _pairs(given):
        fact = book.facts.get(name)
        if fact is None:
            near = nearest(name, tuple(book.facts))
            mend = f"did you mean {near}?" if near else f"give some of {', '.join(book.facts)}"
            mistakes.append(Mistake(name, "no such fact", mend))
            continue
        try:
            typed = isinstance(value, str) and fact.type != "any"
            facts[name] = cell(fact, value, currency) if typed else _of_record(fact, value)
        except (ValueError, TypeError, KeyError, ArithmeticError, BadInput):
            wanted = ", ".join(fact.values) if fact.values else f"a value of type {fact.type}"
            mistakes.append(Mistake(name, f"{value!r} cannot be read", f"write {wanted}"))
    if mistakes:
        raise BadInput(*mistakes)
    return facts


def _pairs(given: tuple[str, ...]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for one in given:
        name, sign, value = one.partition("=")
        pairs += [(name.strip(), value.strip())] if sign else _of_file(one)
    return pairs


def _of_record(fact: Fact, value: Any) -> object:
    """An amount has to be one that could have been typed."""
    read = recalled(fact, value)
    return parse_money(f"{read.decimal:f}", read.currency) if isinstance(read, Money) else read


def _of_file(name: str) -> list[tuple[str, Any]]:
    mend = "give fact=value, or a JSON file with one object of facts"
    try:
        read = json.loads(Path(name).read_text("utf-8"))
    except OSError:
        raise BadInput(Mistake(name, "no such file", mend)) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Mistake(name, f"it is not JSON: {error}", mend)) from None
    if not isinstance(read, dict):
        raise BadInput(Mistake(name, "it holds no object", mend))
    return list(read.items())


def shown(book: Book, said: Ruling) -> dict[str, Any]:
    return {
        "book": book.name,
        "revision": book.revision,
        "outcome": said.outcome,
        "stage": said.stage,
        "closes": said.closes,
        "held": said.held,
        "next_at": said.next_at,
        "steps": [step.key.removeprefix(f"{PREFIX}:") for step in said.steps],
        "result": {name: recorded(value) for name, value in said.result.items()},
        "reasons": [asdict(reason) for reason in said.reasons],
        "near": [asdict(miss) for miss in said.near],
    }


def tell(voice: Voice, book: Book, said: Ruling, question: Question) -> None:
    voice.say(f"{book.title.fr} : {said.outcome}", f"{book.title.en}: {said.outcome}", "bold")
    if said.held:
        voice.say(f"tenu en attente au palier {said.stage}", f"held at the stage {said.stage}", "yellow")
    if said.closes:
        voice.say(f"le dossier se ferme : {said.closes}", f"the case closes: {said.closes}")
    voice.table(
        [("donne", "gives"), ("valeur", "value")],
        [(name, given_as_text(value)) for name, value in said.result.items()],
    )
    voice.table(
        [("ligne", "line"), ("règle", "rule"), ("effet", "effect"), ("parce que", "because")],
        [(r.line, Text(r.rule, "green"), r.effect, voice.of(r.why.fr, r.why.en)) for r in said.reasons],
    )
    voice.table(
        [("à faire", "to do"), ("quoi", "what"), ("pour", "for")],
        [(step.kind, step.template or step.title.to(voice.lang) or step.id, step.to) for step in said.steps],
    )
    if said.next_at:
        moment = f"{said.next_at.astimezone(question.local.tzinfo):%Y-%m-%d %H:%M}"
        voice.say(f"prochain examen : {moment}", f"next review: {moment}")
    voice.table(
        [
            ("si ce fait changeait", "if this fact changed"),
            ("de", "from"),
            ("à", "to"),
            ("on lirait", "then"),
        ],
        [
            (
                f"{_label(voice, book, miss.fact)} · {miss.rule}:{miss.line}",
                miss.actual,
                miss.needed,
                miss.then,
            )
            for miss in said.near
        ],
    )


def _label(voice: Voice, book: Book, fact: str) -> str:
    return book.facts[fact].label.to(voice.lang)
