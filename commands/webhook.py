"""`echeance webhook`: external tools, looked at and brought back from a terminal."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncConnection

from commands.operator import in_folder, mend_or_fail, operator, screen, settings_for, with_tenant
from database.shared import audit, webhook_deliveries, webhooks
from database.shared.webhook_deliveries import Delivery
from database.shared.webhooks import Endpoint

in_tenant = click.option("--tenant", required=True)
by_id = click.argument("id")


@click.group()
def webhook() -> None:
    """Webhooks to external tools."""


@webhook.command("list")
@in_folder
@in_tenant
def list_endpoints(data: Path, tenant: str) -> None:
    """Every endpoint, and how it is. Of its address only the host: the rest may hold a secret."""
    rows: list[Endpoint] = _do(data, tenant, lambda tx: webhooks.endpoints(tx, tenant))
    for one in rows:
        failing = f"failing since {one.failing_since:%Y-%m-%d %H:%M} UTC" if one.failing_since else ""
        said = f"{one.state:9} {urlsplit(one.url).hostname or '':32} {one.reason or failing}"
        screen.print(Text.assemble((f"{one.id}  ", "dim"), said.rstrip()), soft_wrap=True)


@webhook.command()
@in_folder
@in_tenant
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]), default=None)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@by_id
def log(data: Path, tenant: str, state: str | None, limit: int, id: str) -> None:
    """What an endpoint was told, the latest first."""
    rows: list[Delivery] = _do(
        data, tenant, lambda tx: webhook_deliveries.deliveries(tx, tenant, id, state or "", None, limit)
    )
    for one in rows:
        tries = f"{one.attempts} {'try' if one.attempts == 1 else 'tries'}"
        said = f"{one.at:%Y-%m-%d %H:%M:%S} {one.state:9} {tries:9} {one.type:20} {one.problem}"
        screen.print(Text.assemble((f"{one.event}  ", "dim"), said.rstrip()), soft_wrap=True)


@webhook.command()
@in_folder
@in_tenant
@by_id
def enable(data: Path, tenant: str, id: str) -> None:
    """Tell an endpoint again, from now on. What it missed is sent by a replay."""
    now = datetime.now(UTC)

    async def do(tx: AsyncConnection) -> None:
        await webhooks.enable(tx, tenant, id, now)
        await _tell(tx, tenant, "webhook.enabled", id, {"state": "enabled"})

    _do(data, tenant, do)


@webhook.command()
@in_folder
@in_tenant
@click.option("--reason", required=True)
@by_id
def disable(data: Path, tenant: str, reason: str, id: str) -> None:
    """Send an endpoint nothing more."""
    now = datetime.now(UTC)

    async def do(tx: AsyncConnection) -> None:
        await webhooks.disable(tx, tenant, id, reason, now)
        await _tell(tx, tenant, "webhook.disabled", id, {"state": "disabled", "reason": reason})

    _do(data, tenant, do)


@webhook.command()
@in_folder
@in_tenant
@click.option("--since", required=True, type=click.DateTime(), help="UTC, such as 2026-03-20T10:00:00.")
@click.option("--delivered-too", is_flag=True, help="Also what was accepted the first time.")
@by_id
def replay(data: Path, tenant: str, since: datetime, delivered_too: bool, id: str) -> None:
    """Tell an endpoint again what it missed since a moment."""
    now, begin = datetime.now(UTC), since.replace(tzinfo=UTC)

    async def do(tx: AsyncConnection) -> int:
        count = await webhook_deliveries.replay_since(tx, tenant, id, begin, now, delivered_too)
        await _tell(tx, tenant, "webhook.replayed", id, {"since": begin.isoformat(), "events": count})
        return count

    click.echo(f"{_do(data, tenant, do)} event(s) are on their way")


def _do(data: Path, tenant: str, do: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
    return mend_or_fail(lambda: with_tenant(settings_for(data), tenant, do))


async def _tell(tx: AsyncConnection, tenant: str, action: str, id: str, after: dict[str, Any]) -> None:
    await audit.write(tx, tenant, operator(), action, f"webhook:{id}", after=after)
