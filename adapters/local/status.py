"""What of a platform answers."""

import asyncio
from typing import Protocol

import httpx
import psycopg

from adapters.temporal import Chosen as Server
from adapters.temporal import connect_as

PATIENCE = 5


class Chosen(Server, Protocol):
    @property
    def database_url(self) -> str: ...
    @property
    def public_base_url(self) -> str: ...


def look(chosen: Chosen) -> dict[str, str]:
    """For each part what is wrong with it, or an empty text when it answers."""
    return {
        "PostgreSQL": _database(chosen.database_url),
        "Temporal": asyncio.run(_temporal(chosen)),
        "API": reached(chosen.public_base_url),
    }


def _database(url: str) -> str:
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=PATIENCE) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        return str(error).strip()
    return ""


async def _temporal(chosen: Chosen) -> str:
    address = chosen.temporal_address
    try:
        async with asyncio.timeout(PATIENCE):
            client = await connect_as(chosen)
            healthy = await client.service_client.check_health()
    except (TimeoutError, OSError, RuntimeError) as error:
        return f"no answer at {address}: {error}"
    return "" if healthy else f"{address} says it is not healthy"


def reached(url: str) -> str:
    """As anybody reaches it: by the public address, with a certificate that everybody believes."""
    try:
        answer = httpx.get(f"{url}/openapi.json", timeout=PATIENCE)
    except httpx.HTTPError as error:
        return f"no answer at {url}: {error}"
    return "" if answer.is_success else f"{url} answers {answer.status_code}"
