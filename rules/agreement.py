"""What a tenant's book must have in common with the shipped one, so that the process can work with it.

The process gives the facts and carries out the steps: a book that asks for other facts, or wants an act or a
person that the process does not know, would stop its cases.
"""

from collections.abc import Iterator, Mapping

from rules.engine import Book
from rules.errors import BookError
from rules.reader import Listing, Node, Scalar, Table, read_nodes
from rules.reading import Reading, Vocabulary

SAME = ("policy", "ends", "key_by", "currency")
"""What the process relies on, word for word."""

NO_STEPS = ("facts", "examples", "when", "why", "title", "gives", "given", "events")


def disagreements(root: Table, file: str, shipped: Book) -> tuple[BookError, ...]:
    """Every one, with its place in the tenant's text."""
    reading = Reading(file, Vocabulary.anything())
    theirs = read_nodes(shipped.content, f"{shipped.name}.yaml")
    for key in SAME:
        _same(reading, root, theirs, key)
    if "events" in theirs.entries:
        _events(reading, root, theirs)
    else:
        _facts(reading, root, shipped)
    _given(reading, root, theirs)
    _known(reading, root, theirs, "act", "acte inconnu du processus", "act unknown to the process")
    _known(reading, root, theirs, "to", "personne inconnue du processus", "person unknown to the process")
    return tuple(reading.errors)


def _same(reading: Reading, root: Table, theirs: Table, key: str) -> None:
    mine, wanted = _text(root.entries.get(key)), _text(theirs.entries.get(key))
    if mine == wanted:
        return
    at = root.entries.get(key, root)
    if wanted:
        fr, en = f"« {key} » doit rester « {wanted} »", f"{key!r} must remain {wanted!r}"
    else:
        fr, en = f"« {key} » n’est pas dans le livre fourni", f"{key!r} is not in the shipped book"
    reading.wrong(at, fr, en)


def _facts(reading: Reading, root: Table, shipped: Book) -> None:
    node = root.entries.get("facts")
    declared = _entries(node)
    for name, fact in shipped.facts.items():
        if name not in declared:
            reading.wrong(
                node or root,
                f"le processus donne le fait « {name} » : déclarez-le ({fact.type})",
                f"the process gives the fact {name!r}: declare it ({fact.type})",
            )
            continue
        body = declared[name]
        told = _entries(body)
        _typed(reading, told.get("type", body), name, _text(told.get("type")), fact.type)
        _values(reading, told.get("values", body), name, fact.values, _texts(told.get("values")))
        if fact.optional and fact.default is None and _text(told.get("missing")) != "none":
            reading.wrong(
                body,
                f"« {name} » peut ne pas avoir de valeur : gardez « missing: none »",
                f"{name!r} may have no value: keep 'missing: none'",
            )
        elif fact.optional and "missing" not in told:
            reading.wrong(
                body, f"« {name} » peut manquer : gardez « missing »", f"{name!r} may be missing: keep it so"
            )
    for name in declared.keys() - shipped.facts.keys():
        if "missing" not in _entries(declared[name]):
            reading.unknown(
                declared[name], name, tuple(shipped.facts),
                "le processus ne donne pas ce fait, il lui faut « missing » :",
                "the process does not give this fact, it needs 'missing':",
            )  # fmt: skip


def _typed(reading: Reading, at: Node, name: str, mine: str, wanted: str) -> None:
    if mine != wanted:
        reading.wrong(
            at, f"« {name} » est de type {wanted}, pas {mine}", f"{name!r} is of type {wanted}, not {mine}"
        )


def _values(reading: Reading, at: Node, name: str, wanted: tuple[str, ...], mine: tuple[str, ...]) -> None:
    for value in wanted:
        if value not in mine:
            reading.wrong(
                at,
                f"« {name} » peut valoir « {value} », qui manque ici",
                f"{name!r} may be {value!r}, which is missing here",
            )


def _given(reading: Reading, root: Table, theirs: Table) -> None:
    """What the table gives is read by the process under its name and type."""
    mine = _entries(root.entries.get("gives"))
    for name, body in _entries(theirs.entries.get("gives")).items():
        if name not in mine:
            reading.wrong(
                root.entries.get("gives", root),
                f"le processus lit « {name} » : donnez-le (gives)",
                f"the process reads {name!r}: give it (gives)",
            )
            continue
        wanted, told = _entries(body), _entries(mine[name])
        _typed(reading, mine[name], name, _text(told.get("type")), _text(wanted.get("type")))


def _events(reading: Reading, root: Table, theirs: Table) -> None:
    """A book of patterns counts what the process tells, and its patterns are facts of other books."""
    told, counted = _entries(theirs.entries["events"]), _entries(root.entries.get("events"))
    for name, body in counted.items():
        if name not in told:
            reading.unknown(body, name, tuple(told), "le processus ne dit rien de", "the process never tells")
    for name in told.keys() - counted.keys():
        reading.wrong(
            root.entries.get("events", root),
            f"le processus dit « {name} » : déclarez-le",
            f"the process tells {name!r}: declare it",
        )
    mine = {_text(_entries(one).get("id")) for one in _items(root.entries.get("patterns"))}
    for one in _items(theirs.entries.get("patterns")):
        if (id := _text(_entries(one).get("id"))) not in mine:
            reading.wrong(
                root.entries.get("patterns", root),
                f"le motif « {id} » est attendu par d’autres livres",
                f"the pattern {id!r} is awaited by other books",
            )


def _known(reading: Reading, root: Table, theirs: Table, key: str, fr: str, en: str) -> None:
    """Acts are carried out by the process, people are found by it."""
    known = tuple(dict.fromkeys(node.text for node in _words(theirs, key)))
    for node in _words(root, key):
        if node.text not in known:
            reading.unknown(node, node.text, known, fr, en)


def _words(node: Node, key: str) -> Iterator[Scalar]:
    """Every scalar under ``key`` in the steps of a book."""
    if isinstance(node, Listing):
        for item in node.items:
            yield from _words(item, key)
    elif isinstance(node, Table):
        for name, body in node.entries.items():
            if name == key:
                yield from (one for one in _items(body) if isinstance(one, Scalar))
            elif name not in NO_STEPS:
                yield from _words(body, key)


def _items(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.items if isinstance(node, Listing) else (node,)


def _entries(node: Node | None) -> Mapping[str, Node]:
    return node.entries if isinstance(node, Table) else {}


def _text(node: Node | None) -> str:
    return node.text.strip() if isinstance(node, Scalar) else ""


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(_text(item) for item in _items(node))
