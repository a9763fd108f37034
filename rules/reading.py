"""Reading one book: the nodes are asked for what is expected, and every mistake is collected."""

import re
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING

from domain.decision import Bilingual
from rules.errors import BookError, nearest
from rules.reader import Absent, Listing, Node, Place, Scalar, Table

if TYPE_CHECKING:
    from rules.facts import Fact

WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")
DAYS = re.compile(r"([+-]?[0-9]{1,4})d")
HOUR = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
FOUNDATIONS = frozenset({"facts", "events", "gives", "columns", "clamp", "within", "points"})
"""Without them the rest of their table would be called wrong as well."""
MOST_COMPARED = 50_000
"""Words that are compared to find the nearest ones of one book; beyond, mistakes come without."""

MOST_ERRORS = 300
"""After which reading stops: nobody mends more at a time, and they would fill megabytes."""
LONGEST_SAID = 500
"""Characters of one mistake, which repeats what the author wrote."""
EFFORT = 5_000_000
"""Comparisons of rows that a book may cost while it is checked: some seconds."""


class Enough(Exception):
    """The book has so many mistakes that the rest of it is not read."""


@dataclass(frozen=True)
class Vocabulary:
    """What exists outside the books: template names, teams that take alerts, verbs of the workflows."""

    templates: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    open: bool = False
    """Whether any name will do: a revision of years ago is read again with the words of its own time."""

    @classmethod
    def anything(cls) -> "Vocabulary":
        return cls(open=True)


@dataclass
class Reading:
    """The errors of one book so far, and what its cells may name."""

    file: str
    vocabulary: Vocabulary
    errors: list[BookError] = field(default_factory=list)
    facts: "dict[str, Fact]" = field(default_factory=dict)
    currency: str = ""
    hour: time = time(9)
    ids: dict[str, Place] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """The facts that the tables ask for."""
    warnings: list[BookError] = field(default_factory=list)
    compared: int = 0
    effort: int = EFFORT

    def warn(self, at: "Node | Place", fr: str, en: str) -> None:
        """Something that an author would want to know and that does no harm."""
        place = at if isinstance(at, Place) else at.place
        self.warnings.append(BookError(self.file, place.line, place.column, fr, en))

    def wrong(self, at: "Node | Place", fr: str, en: str, suggestion: str = "") -> None:
        if isinstance(at, Absent):
            return
        place = at if isinstance(at, Place) else at.place
        said = (_short(fr), _short(en), _short(suggestion))
        self.errors.append(BookError(self.file, place.line, place.column, *said))
        if len(self.errors) >= MOST_ERRORS:
            raise Enough

    def spend(self, effort: int) -> bool:
        """Whether so many comparisons may still be made."""
        self.effort -= effort
        return self.effort >= 0

    def unknown(
        self, at: "Node | Place", word: str, known: "tuple[str, ...] | frozenset[str]", fr: str, en: str
    ) -> None:
        self.compared += len(known)
        suggestion = nearest(word, known) if self.compared <= MOST_COMPARED else ""
        self.wrong(at, f"{fr} « {word} »", f"{en} {word!r}", suggestion)

    def table(self, node: Node, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Table | None:
        """The node as a table whose keys are all known. Required ones that are missing are told, and absent:
        the mistakes in the others are told as well.
        """
        if not isinstance(node, Table):
            self.wrong(node, "une table est attendue ici", "a table is expected here")
            return None
        known = {*required, *optional}
        for key in node.entries:
            if key not in known:
                self.unknown(node.keys[key], key, required + optional, "mot inconnu", "unknown word")
        missing = [key for key in required if key not in node.entries]
        for key in missing:
            self.wrong(node, f"il manque « {key} »", f"{key!r} is missing")
        if not missing or not FOUNDATIONS.isdisjoint(missing):
            return None if missing else node
        absent: dict[str, Node] = {key: Absent("", node.place) for key in missing}
        return Table(node.place, {**node.entries, **absent}, node.keys)

    def items(self, node: Node | None) -> tuple[Node, ...]:
        """The items of a list; a single thing counts as a list of one; nothing as an empty one."""
        if node is None:
            return ()
        return node.items if isinstance(node, Listing) else (node,)

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        if not isinstance(node, Scalar) or not node.text.strip():
            self.wrong(node, "un texte est attendu ici", "a text is expected here")
            return ""
        return node.text.strip()

    def word(self, node: Node | None) -> str:
        """A short name in lower case, as used for ids, outcomes and roles."""
        text = self.text(node)
        if node is not None and text and not WORD.fullmatch(text):
            self.wrong(
                node,
                f"« {text} » n’est pas un nom : minuscules, chiffres et _",
                f"{text!r} is not a name: lower case, digits and _",
            )
            return ""
        return text

    def new_id(self, node: Node | None) -> str:
        """An id that no other rule of the book has."""
        word = self.word(node)
        if node is None or not word:
            return word
        if word in self.ids:
            line = self.ids[word].line
            self.wrong(
                node, f"« {word} » existe déjà à la ligne {line}", f"{word!r} exists already at line {line}"
            )
        self.ids[word] = node.place
        return word

    def choice(self, node: Node | None, known: "tuple[str, ...] | frozenset[str]", fr: str, en: str) -> str:
        text = self.text(node)
        if node is not None and text and text not in known:
            self.unknown(node, text, known, fr, en)
            return ""
        return text

    def named(self, node: Node | None, known: frozenset[str], fr: str, en: str) -> str:
        """A name of the vocabulary."""
        return self.text(node) if self.vocabulary.open else self.choice(node, known, fr, en)

    def flag(self, node: Node | None) -> bool:
        return (
            self.choice(
                node,
                ("true", "false"),
                "oui ou non (true, false) attendu, pas",
                "true or false expected, not",
            )
            == "true"
        )

    def count(self, node: Node, least: int, most: int) -> int:
        text = self.text(node)
        number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1
        if text and not least <= number <= most:
            self.wrong(
                node,
                f"un nombre entier de {least} à {most} est attendu",
                f"a whole number from {least} to {most} is expected",
            )
            return least
        return number

    def days(self, node: Node) -> int:
        """`-60d`, `+3d`, `0d`. After a mistake one day, about which nothing more is said."""
        text = self.text(node)
        found = DAYS.fullmatch(text)
        if text and not found:
            self.wrong(
                node,
                f"« {text} » n’est pas un nombre de jours, écrivez par exemple -60d",
                f"{text!r} is not a number of days, write for example -60d",
            )
        return int(found[1]) if found else 1

    def clock(self, node: Node | None, default: time) -> time:
        """A local hour, `"09:00"`."""
        if node is None:
            return default
        text = self.text(node)
        found = HOUR.fullmatch(text)
        if not found:
            self.wrong(
                node,
                f'« {text} » n’est pas une heure, écrivez par exemple "09:00"',
                f'{text!r} is not an hour, write for example "09:00"',
            )
            return default
        return time(int(found[1]), int(found[2]))

    def bilingual(self, node: Node | None) -> Bilingual:
        table = self.table(node, ("fr", "en")) if node is not None else None
        if table is None:
            return Bilingual("", "")
        return Bilingual(self.text(table.entries["fr"]), self.text(table.entries["en"]))

    def column(self, node: Node, others: tuple[str, ...]) -> str:
        """The name of a declared fact, where ``others`` would have been right as well."""
        name = self.text(node)
        if name and name not in self.facts:
            self.unknown(node, name, (*self.facts, *others), "colonne inconnue", "unknown column")
            return ""
        return self.fact(node)

    def fact(self, node: Node | None, *types: str) -> str:
        """The name of a declared fact of one of ``types``."""
        name = self.text(node)
        if node is None or not name:
            return ""
        known = self.facts.get(name)
        if known is None:
            self.unknown(node, name, tuple(self.facts), "fait inconnu", "unknown fact")
            return ""
        if types and known.type not in types:
            wanted = ", ".join(types)
            self.wrong(
                node,
                f"« {name} » est de type {known.type}, il faut {wanted}",
                f"{name!r} is of type {known.type}, it must be {wanted}",
            )
            return ""
        self.used.add(name)
        return name


def _short(text: str) -> str:
    half = LONGEST_SAID // 2
    return text if len(text) <= LONGEST_SAID else f"{text[:half]} […] {text[-half:]}"
