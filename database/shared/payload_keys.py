"""The keys of histories: each case's own, so that they can be destroyed with the case."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from database.session import Database
from database.shared.keys import Keyring, of_case
from database.shared.sealing import DataKey, Unopenable
from domain.case import read_workflow_id

REMEMBERED = 20_000
FORGOTTEN_AFTER = 300.0
"""Seconds. A process may still open histories for so long after another has destroyed their key."""

PLATFORM = "histories"


@dataclass
class CaseKeys:
    """Implements the port PayloadKeys. A key is named ``<tenant>/<id>``; the platform's own has no tenant."""

    database: Database
    keyring: Keyring
    _known: OrderedDict[str, tuple[DataKey, float]] = field(default_factory=OrderedDict, repr=False)

    async def of(self, workflow_id: str) -> tuple[str, bytes]:
        case = read_workflow_id(workflow_id)
        if case is None:
            own = self.keyring.master.derived(PLATFORM)
            return own.id, own.secret
        process, tenant, ref = case
        key = self._remembered(workflow_id)
        if key is None:
            async with self.database.tenant(tenant) as tx:
                key = await self.keyring.of(tx, tenant, of_case(process, ref))
            self._remember(workflow_id, key)
            self._remember(f"{tenant}/{key.id}", key)
        return f"{tenant}/{key.id}", key.secret

    async def named(self, name: str) -> bytes | None:
        tenant, slash, id = name.partition("/")
        if not slash:
            return self._platforms(name)
        key = self._remembered(name)
        if key is None:
            async with self.database.tenant(tenant) as tx:
                key = await self.keyring.by_id(tx, tenant, id)
            if key is None:
                return None
            self._remember(name, key)
        return key.secret

    def _platforms(self, name: str) -> bytes | None:
        try:
            return self.keyring.master.derived_by(name).secret if name.startswith(f"{PLATFORM}.") else None
        except Unopenable:
            return None

    def _remembered(self, name: str) -> DataKey | None:
        key, until = self._known.get(name, (None, 0.0))
        return key if time.monotonic() < until else None

    def _remember(self, name: str, key: DataKey) -> None:
        self._known[name] = (key, time.monotonic() + FORGOTTEN_AFTER)
        self._known.move_to_end(name)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
