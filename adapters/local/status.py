"""What of a platform answers."""

import asyncio

import httpx
import psycopg
from temporalio.client import Client

PATIENCE = 5


def look(database_url: str, temporal_address: str, api_url: str) -> dict[str, str]:
    """For each part what is wrong with it, or an empty text when it answers."""
    return {
        "PostgreSQL": _database(database_url),
        "Temporal": asyncio.run(_temporal(temporal_address)),
        "API": _api(api_url),
    }


def _database(url: str) -> str:
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=PATIENCE) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        return str(error).strip()
    return ""


async def _temporal(address: str) -> str:
    try:
        async with asyncio.timeout(PATIENCE):
            client = await Client.connect(address)
            healthy = await client.service_client.check_health()
    except (TimeoutError, RuntimeError) as error:
        return f"no answer at {address}: {error}"
    return "" if healthy else f"{address} says it is not healthy"


def _api(url: str) -> str:
    try:
        answer = httpx.get(f"{url}/openapi.json", timeout=PATIENCE)
    except httpx.HTTPError as error:
        return f"no answer at {url}: {error}"
    return "" if answer.is_success else f"{url} answers {answer.status_code}"
