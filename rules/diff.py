"""What differs between two revisions of a book: rule by rule for people, line by line for editors."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from rules.reader import Listing, Node, Scalar, Table, read_nodes


@dataclass(frozen=True)
class Change:
    """``where`` is a path such as `stages/firm/days` or `rules/late_often`; an absent side is None."""

    where: str
    before: Any = None
    after: Any = None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def changes(before: str, after: str) -> tuple[Change, ...]:
    """In the order of the newer text, then what is gone. Layout and comments do not count.

    Raises BrokenBook.
    """
    old, new = read_nodes(before, "before"), read_nodes(after, "after")
    return tuple(_changes("", old, new, _width(new)))


def text_diff(before: str, after: str, names: tuple[str, str]) -> str:
    """As `diff -u` would say it."""
    lines = unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _width(root: Table) -> int:
    """How many cells of a grid's row are facts: they name it, the others are what it gives."""
    columns, gives = root.entries.get("columns"), root.entries.get("gives")
    if not isinstance(columns, Listing) or not isinstance(gives, Table):
        return 1
    return max(len(columns.items) - len(gives.entries), 1)


def _changes(where: str, before: Node, after: Node, width: int) -> Iterator[Change]:
    old, new = _parts(before, width), _parts(after, width)
    if old is None or new is None or type(before) is not type(after):
        if _plain(before) != _plain(after):
            yield Change(where, _plain(before), _plain(after))
        return
    for name, node in new.items():
        path = f"{where}/{name}" if where else name
        if name in old:
            yield from _changes(path, old[name], node, width)
        else:
            yield Change(path, None, _plain(node))
    for name, node in old.items():
        if name not in new:
            yield Change(f"{where}/{name}" if where else name, _plain(node), None)


def _parts(node: Node, width: int) -> dict[str, Node] | None:
    """By their names; rows without an id by what they say. None: a node that is compared as a whole."""
    if isinstance(node, Table):
        return dict(node.entries)
    if not isinstance(node, Listing) or not any(isinstance(one, Table | Listing) for one in node.items):
        return None
    named: dict[str, Node] = {}
    for item in node.items:
        name = _name(item, width)
        while name in named:
            name += "’"
        named[name] = item
    return named


def _name(node: Node, width: int) -> str:
    if isinstance(node, Table):
        for key in ("id", "outcome", "template"):
            if isinstance(found := node.entries.get(key), Scalar):
                return found.text
    if isinstance(node, Listing) and node.items:
        return "/".join(_said(cell) for cell in node.items[:width])
    return _said(node)


def _said(node: Node) -> str:
    plain = _plain(node)
    if isinstance(plain, dict):
        return ", ".join(f"{key}: {_flat(value)}" for key, value in plain.items())[:80]
    return _flat(plain)[:80]


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else str(value).replace("'", "")


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Listing):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.entries.items()}
