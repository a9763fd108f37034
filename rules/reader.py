"""YAML read as places and words only: no types are guessed, no anchors, no tags, nothing twice."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import yaml

from rules.errors import BookError, BrokenBook

LARGEST = 1_000_000
DEEPEST = 12

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Place:
    line: int
    column: int


@dataclass(frozen=True)
class Scalar:
    """``text`` as written: `no`, `5..9` and `09:00` stay what the author typed."""

    text: str
    place: Place


@dataclass(frozen=True)
class Listing:
    place: Place
    items: "tuple[Node, ...]" = ()


@dataclass(frozen=True)
class Table:
    place: Place
    entries: "dict[str, Node]" = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Scalar | Listing | Table


class _Refused(Exception):
    def __init__(self, place: Place, fr: str, en: str) -> None:
        super().__init__(en)
        self.place, self.fr, self.en = place, fr, en


def decode(content: bytes, file: str) -> str:
    """UTF-8 text of a file, with or without a byte order mark. Raises BrokenBook."""
    try:
        return content[: LARGEST + 1].decode("utf-8-sig", "strict" if len(content) <= LARGEST else "ignore")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _broken(
            file, Place(line, 1), "le fichier n’est pas en UTF-8", "the file is not UTF-8"
        ) from None


def read_nodes(text: str, file: str) -> Table:
    """The book as nodes with their places. Raises BrokenBook at the first thing that is not plain YAML."""
    if len(text) > LARGEST:
        raise _broken(file, Place(1, 1), "le fichier dépasse 1 Mo", "the file is larger than 1 MB")
    try:
        root = _Builder(text).document()
    except _Refused as refused:
        raise _broken(file, refused.place, refused.fr, refused.en) from None
    except yaml.MarkedYAMLError as error:
        raise _broken(file, *_syntax(error)) from None
    except yaml.YAMLError:
        fr, en = "caractère interdit dans le fichier", "character not allowed in the file"
        raise _broken(file, _first_bad_character(text), fr, en) from None
    if not isinstance(root, Table):
        raise _broken(file, root.place, "le livre doit être une table", "the book must be a table")
    return root


def fingerprint(node: Node) -> str:
    """12 hexadecimal digits that name a table: comments, spaces and quotes do not count."""
    return sha256(json.dumps(_plain(node), ensure_ascii=False).encode()).hexdigest()[:12]


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.entries.items()}


def _broken(file: str, place: Place, fr: str, en: str) -> BrokenBook:
    return BrokenBook((BookError(file, place.line, place.column, fr, en),))


def _syntax(error: yaml.MarkedYAMLError) -> tuple[Place, str, str]:
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    hint_fr = 'vérifiez les retraits et mettez les comparaisons entre guillemets, par exemple ">= 5"'
    hint_en = 'check the indentation and put comparisons in quotes, for example ">= 5"'
    return (
        place,
        f"YAML illisible ({error.problem}) : {hint_fr}",
        f"unreadable YAML ({error.problem}): {hint_en}",
    )


def _first_bad_character(text: str) -> Place:
    for number, line in enumerate(text.split("\n"), 1):
        for column, character in enumerate(line, 1):
            if not character.isprintable() and character not in "\t\r":
                return Place(number, column)
    return Place(1, 1)


class _Builder:
    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise _Refused(_place(event), "un seul document par fichier", "one document in a file")
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, 1)
        if root is None:
            raise _Refused(Place(1, 1), "le fichier est vide", "the file is empty")
        return root

    def node(self, event: Any, depth: int) -> Node:
        place = _place(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise _Refused(
                place, "les ancres YAML (& et *) sont interdites", "YAML anchors (& and *) are refused"
            )
        if event.tag:
            raise _Refused(place, "les étiquettes YAML (!) sont interdites", "YAML tags (!) are refused")
        if depth > DEEPEST:
            raise _Refused(place, "le livre est trop imbriqué", "the book is nested too deeply")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.listing(place, depth)
        return self.table(place, depth)

    def listing(self, place: Place, depth: int) -> Listing:
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Listing(place, tuple(items))

    def table(self, place: Place, depth: int) -> Table:
        table = Table(place)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise _Refused(key.place, "une clé doit être un mot", "a key must be a word")
            if key.text in table.entries:
                raise _Refused(
                    key.place, f"« {key.text} » est écrit deux fois", f"{key.text!r} is written twice"
                )
            table.keys[key.text] = key.place
            table.entries[key.text] = self.node(next(self.events), depth + 1)
        return table


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
