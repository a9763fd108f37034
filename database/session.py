"""Connections. Every transaction of the application is opened for one tenant."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

SET_TENANT = text("select set_config('app.tenant', :tenant, true)")


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def _dump(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


class Database:
    """The pool of one process. The role in ``url`` must not bypass row-level security.

    ``ping`` tests a connection before each use, so that a caller who cannot retry (an API request) never
    meets one that a restart of PostgreSQL has cut; activities are retried and save the round trip.
    """

    def __init__(self, url: str, pool_size: int = 20, ping: bool = False) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=pool_size, max_overflow=10, pool_pre_ping=ping, json_serializer=_dump,
            hide_parameters=True,  # errors go to logs and histories, where no name or number may stand
        )  # fmt: skip

    @asynccontextmanager
    async def tenant(self, tenant: str) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees and writes the rows of one tenant only."""
        async with self.engine.begin() as connection:
            await connection.execute(SET_TENANT, {"tenant": tenant})
            yield connection

    @asynccontextmanager
    async def moment(self, tenant: str) -> AsyncIterator[AsyncConnection]:
        """A transaction of one tenant that reads, and sees nothing of what is written meanwhile."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        async with self.engine.execution_options(**options).begin() as connection:
            await connection.execute(SET_TENANT, {"tenant": tenant})
            yield connection

    @asynccontextmanager
    async def anyone(self) -> AsyncIterator[AsyncConnection]:
        """A transaction without a tenant: it sees the list of tenants and no row of any."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()
