"""The editors' schema says of keys what the readers say, and takes every book that they take."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from jsonschema import Draft7Validator

from rules.editor_schema import editor_schema, editor_schema_text
from rules.errors import BrokenBook
from rules.events import read_events
from rules.examples import try_examples
from rules.facts import read_currency, read_facts
from rules.reader import Node, Table, read_nodes
from rules.reading import Reading, Vocabulary
from rules.schema import HEAD, HEAD_OPTIONAL, KINDS, read_book
from rules.vocabulary import shipped_vocabulary
from tests.ground import ROOT
from tests.rules.books import SHIPPED
from tests.rules.editors import seen
from tests.rules.test_witness import KINDS as INVENTED

KNOWN = shipped_vocabulary(ROOT / "templates")
SCHEMA = editor_schema(KNOWN)
VALIDATOR = Draft7Validator(SCHEMA)
OPEN = Draft7Validator(editor_schema(Vocabulary.anything()))
BOOKS = {path.relative_to(SHIPPED).as_posix(): path.read_text("utf-8") for path in SHIPPED.glob("*/*.yaml")}
NAMED = ("facts", "when", "given", "gives", "events")
"""Below them stand names that the author chose."""
Keys = tuple[frozenset[str], frozenset[str]]


def invented(times: int) -> Iterator[str]:
    for kind, make in INVENTED.items():
        for number in range(times):
            made, _ = make(Random(f"editor/{kind}/{number}"))
            example = {"given": {}, "expect": {"outcome": "a"}, "why": "Oui."}
            yield json.dumps({**made, "examples": [example]}, ensure_ascii=False, indent=1)


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ROOT / "docs" / "schema" / "rule-book.schema.json").read_text("utf-8")
    assert committed == editor_schema_text(KNOWN), "run `echeance rules schema`"


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_a_shipped_book_has_no_squiggle(name: str) -> None:
    assert [f"{list(one.path)} {one.message}" for one in VALIDATOR.iter_errors(seen(BOOKS[name]))] == []


def test_invented_books_have_no_squiggle() -> None:
    for text in invented(40):
        assert [f"{list(one.path)} {one.message}" for one in OPEN.iter_errors(seen(text))] == [], text


@dataclass
class Recording(Reading):
    """What the readers want of every table."""

    wanted: set[Keys] = field(default_factory=set)
    own: set[frozenset[str]] = field(default_factory=set)
    """Names that the author chose."""

    def table(self, node: Node, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Table | None:
        entries = frozenset(getattr(node, "entries", {}))
        if set(required) | set(optional) not in self.own and not (not required and set(optional) == entries):
            self.wanted.add((frozenset(required), frozenset(optional)))
        return super().table(node, required, optional)


def record(text: str) -> set[Keys]:
    root = read_nodes(text, "book.yaml")
    reading = Recording("book.yaml", Vocabulary.anything())
    entries = root.entries
    _, _, read = KINDS[reading.text(entries["policy"])]
    reading.own.add(frozenset(getattr(entries.get("gives"), "entries", {})))
    reading.currency = read_currency(reading, entries.get("currency"))
    make = read_events if "events" in entries else read_facts
    reading.facts = make(reading, entries["events" if "events" in entries else "facts"])
    read(reading, root, "book")
    book = read_book(text, "book.yaml", Vocabulary.anything(), examples=False)
    if book.policy != "pattern":
        try_examples(reading, entries["examples"], book)
    return reading.wanted


def keys_of_schema() -> set[Keys]:
    found = set()
    for name, part in SCHEMA["definitions"].items():
        if "required" in part and name not in KINDS:
            required = frozenset(part["required"])
            found.add((required, frozenset(part["properties"]) - required))
    return found


def test_every_table_has_the_keys_of_its_reader() -> None:
    wanted: set[Keys] = set()
    for text in [*BOOKS.values(), *invented(60)]:
        try:
            wanted |= record(text)
        except BrokenBook:
            continue  # an invented row that can never come
    assert wanted == keys_of_schema()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_book_has_the_keys_of_its_reader(kind: str) -> None:
    keys, optional, _ = KINDS[kind]
    part = SCHEMA["definitions"][kind]
    assert set(part["required"]) == {*HEAD, *keys} - ({"facts"} if "events" in keys else set())
    assert set(part["properties"]) == {*part["required"], *HEAD_OPTIONAL, *optional}


def places(thing: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key of every table, by its way from the top."""
    pairs = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in pairs:
        if isinstance(thing, dict):
            yield (*path, key)
        yield from places(value, (*path, key))


def mutated(book: Any, path: tuple[Any, ...], name: str | None) -> Any:
    copy = json.loads(json.dumps(book))
    table = copy
    for key in path[:-1]:
        table = table[key]
    value = table.pop(path[-1])
    if name is not None:
        table[name] = value
    return copy


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_a_key_refused_by_one_is_refused_by_the_other(name: str) -> None:
    """Of the like keys of a list a few are tried. Which values are given only the whole book tells."""
    book, tried = seen(BOOKS[name]), set()
    for path in places(book):
        alike = tuple(
            "" if isinstance(key, int) or above in NAMED else key
            for above, key in zip(("", *path[:-1]), path, strict=True)
        )
        if alike in tried or (book["policy"] == "pattern" and path[0] == "examples"):
            continue  # examples of patterns are tried where a rules engine is
        tried.add(alike)
        for new in (None, "Not A Word" if path[-2:-1] in [(one,) for one in NAMED] else "unheard_of"):
            made = mutated(book, path, new)
            drawn = [one.message for one in OPEN.iter_errors(made)]
            refused = refused_keys(json.dumps(made, ensure_ascii=False))
            said = f"unknown word {new!r}" if new else f"{path[-1]!r} is missing"
            assert refused or not drawn, (path, new, drawn)
            assert drawn or said not in refused or "gives" in path, (path, new, refused)


def refused_keys(text: str) -> list[str]:
    try:
        read_book(text, "book.yaml", Vocabulary.anything())
    except BrokenBook as broken:
        return [error.en for error in broken.errors]
    return []


def test_words_are_completed_and_explained_in_both_languages() -> None:
    definitions = SCHEMA["definitions"]
    assert definitions["send"]["properties"]["template"]["enum"] == sorted(KNOWN.templates)
    assert definitions["alert"]["properties"]["team"]["enum"] == sorted(KNOWN.targets)
    assert definitions["act"]["anyOf"][0]["enum"] == sorted(KNOWN.acts)
    assert SCHEMA["properties"]["policy"]["enum"] == list(KINDS)
    for name, part in definitions.items():
        for key, shape in part.get("properties", {}).items():
            assert shape["title"] in shape["description"], (name, key)
            assert len(shape["description"].split("\n\n")) == 2, (name, key)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('broken_promises: "< 2"', 'broken_promises: "<< 2"'),
        ("days: 4..7", "days: 4...7"),
        ("team: collections", "team: colections"),
        ("channels: [sms, email]", "channels: [sms, mail]"),
        ('hour: "09:00"', 'hour: "9h"'),
        ("type: money", "type: monye"),
        ("every: 30d", "every: a month"),
        ("template: fleet/dunning/firm", "template: fleet/dunning/frim"),
        ("policy: stages", "policy: stage"),
        ("id: courtesy", "id: Courtesy"),
        ("times: 3", "times: 300"),
    ],
)
def test_a_slip_is_underlined_where_it_is(right: str, wrong: str) -> None:
    text = BOOKS["fleet/dunning.yaml"]
    assert right in text
    assert list(VALIDATOR.iter_errors(seen(text.replace(right, wrong, 1))))
