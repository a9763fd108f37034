"""What people wrote, in the trail: sealed under the key of the case or the person that it is about.

The trail can never be changed. Its rows stay and still verify when a person is erased; their words do not
open any more, because the key is gone.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.holding import ERASED
from database.shared.keys import Keyring, of_case, of_person
from database.shared.sealing import DataKey, Unopenable, key_id_of, open_with, seal_under

WORDS = frozenset(
    {"reason", "note", "cancel_reason", "end_reason", "reversal_reason", "full_name", "name", "email",
     "phone", "address", "iban", "title", "file_name", "handed_in_by", "answered_by", "source", "by",
     "void_reason", "work"}
)  # fmt: skip
"""Fields that hold what a person is called or wrote. A test compares them with the registry of columns."""
SEALED = "sealed"
WITHHELD = "[withheld]"
CASE = re.compile(r"([a-z_]+\.[a-z_]+):([^:]+)")
LOOSE = ("alert:", "event:", "file:", "payment:")
"""About somebody, and the trail does not know whom: their words are not kept in it."""

State = Mapping[str, Any] | None


def owner_of(thing: str) -> str:
    """Whose key seals the words about a thing; empty where they are about nobody."""
    kind, _, ref = thing.partition(":")
    if kind in ("contact", "person"):
        return of_person(ref)
    found = CASE.fullmatch(thing)
    return of_case(found[1], found[2]) if found else ""


async def seal_words(
    tx: AsyncConnection, keyring: Keyring | None, tenant: str, thing: str, states: tuple[State, ...]
) -> tuple[State, ...]:
    """The states with their words sealed; withheld where no key can be had."""
    owner = owner_of(thing)
    if not any(_has_words(state) for state in states) or not (owner or thing.startswith(LOOSE)):
        return states
    if not owner or keyring is None:
        return tuple(_changed(state, lambda _: WITHHELD) for state in states)
    key = await keyring.of(tx, tenant, owner)

    def sealed(text: str) -> dict[str, str]:
        return {SEALED: b64encode(seal_under(key, text.encode(), f"{tenant}:{thing}")).decode()}

    return tuple(_changed(state, sealed) for state in states)


async def open_words(
    tx: AsyncConnection, keyring: Keyring, tenant: str, thing: str, states: tuple[State, ...],
    known: dict[str, DataKey | None],
) -> tuple[State, ...]:  # fmt: skip
    """``known`` are keys fetched before, by their id. What does not open is said to be erased."""
    for name in {name for state in states for name in _key_names(state)} - known.keys():
        known[name] = await keyring.by_id(tx, tenant, name)

    def opened(sealed: bytes) -> str:
        key = known[key_id_of(sealed)]
        try:
            return open_with(key, sealed, f"{tenant}:{thing}").decode() if key else ERASED
        except Unopenable:
            return ERASED

    return tuple(_opened(state, opened) for state in states)


def _has_words(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_word(name, one) or _has_words(one) for name, one in value.items())
    return isinstance(value, (list, tuple)) and any(_has_words(one) for one in value)


def _is_word(name: str, value: Any) -> bool:
    return name in WORDS and isinstance(value, str) and bool(value)


def _changed(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {
            name: change(one) if _is_word(name, one) else _changed(one, change) for name, one in value.items()
        }
    return [_changed(one, change) for one in value] if isinstance(value, (list, tuple)) else value


def _sealed_in(value: Any) -> bytes | None:
    if isinstance(value, Mapping) and value.keys() == {SEALED} and isinstance(value[SEALED], str):
        return b64decode(value[SEALED])
    return None


def _key_names(value: Any) -> set[str]:
    if (sealed := _sealed_in(value)) is not None:
        return {key_id_of(sealed)}
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {name for one in inside for name in _key_names(one)}


def _opened(value: Any, opened: Callable[[bytes], str]) -> Any:
    if (sealed := _sealed_in(value)) is not None:
        return opened(sealed)
    if isinstance(value, Mapping):
        return {name: _opened(one, opened) for name, one in value.items()}
    return [_opened(one, opened) for one in value] if isinstance(value, list) else value
