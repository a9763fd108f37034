"""YAML read as places and words only: no types are guessed, no anchors, no tags, nothing twice."""

import json
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import yaml

from rules.errors import BookError, BrokenBook
from rules.yaml_trouble import syntax_error

LARGEST = 1_000_000
DEEPEST = 12
LONGEST = 4_000
"""Characters of one text; a line for people, or a list of events, is far shorter."""

BREAKS = re.compile(r"\r\n|\r|\n")
HIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""What cannot be seen: control characters, halves of characters, line breaks that editors do not count, and
marks that turn the direction of a text, so that an approver would read something else.
"""

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
class Absent(Scalar):
    """What should stand in a table and does not. It has been told; nothing more is said about it."""


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
    if len(content) > LARGEST:
        raise _too_large(file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        fr, en = "le fichier n’est pas en UTF-8", "the file is not UTF-8"
        raise _broken(file, _place_after(before), fr, en) from None


def read_nodes(text: str, file: str) -> Table:
    """The book as nodes with their places. Raises BrokenBook at the first thing that is not plain YAML."""
    if len(text) > LARGEST:
        raise _too_large(file)
    text = text.removeprefix("\ufeff")
    if hidden := HIDDEN.search(text):
        raise _broken(file, _place_after(text[: hidden.start()]), *_hidden(hidden[0]))
    try:
        root = _Builder(text).document()
    except _Refused as refused:
        raise _broken(file, refused.place, refused.fr, refused.en) from None
    except yaml.YAMLError as error:
        line, column, fr, en = syntax_error(error)
        raise _broken(file, Place(line, column), fr, en) from None
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


def _too_large(file: str) -> BrokenBook:
    return _broken(file, Place(1, 1), "le fichier dépasse 1 Mo", "the file is larger than 1 MB")


def _place_after(text: str) -> Place:
    lines = BREAKS.split(text)
    return Place(len(lines), len(lines[-1]) + 1)


def _hidden(character: str) -> tuple[str, str]:
    code = f"U+{ord(character):04X}"
    return f"caractère interdit dans le fichier ({code})", f"character not allowed in the file ({code})"


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
            return self.scalar(event.value, place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.listing(place, depth)
        return self.table(place, depth)

    def scalar(self, text: str, place: Place) -> Scalar:
        """Escapes such as a quoted \\0 hide what the file itself does not."""
        if len(text) > LONGEST:
            raise _Refused(
                place, f"un texte a {LONGEST} caractères au plus", f"a text has at most {LONGEST} characters"
            )
        if hidden := HIDDEN.search(text):
            raise _Refused(place, *_hidden(hidden[0]))
        return Scalar(text, place)

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
            name = key.text.strip()  # a non-breaking space, say, which YAML takes for a letter
            if name in table.entries:
                raise _Refused(key.place, f"« {name} » est écrit deux fois", f"{name!r} is written twice")
            table.keys[name] = key.place
            table.entries[name] = self.node(next(self.events), depth + 1)
        return table


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
