"""`echeance access`: the policy as it stands, in the words of docs/access.md."""

from collections.abc import Iterator

import click

from domain.access import PERMISSIONS, REACH, ROLES
from domain.principal import Extent


@click.command()
def access() -> None:
    """Print who may do what, as Markdown."""
    click.echo("\n".join((*roles(), "", *permissions())))


def roles() -> Iterator[str]:
    yield "| Role | Rôle |"
    yield "|---|---|"
    for name, said in ROLES.items():
        yield f"| `{name}` | {said.fr} |"


def permissions() -> Iterator[str]:
    yield "| Permission | | Everything of the tenant | Their own |"
    yield "|---|---|---|---|"
    for name, said in PERMISSIONS.items():
        whole, own = (_held(name, extent) for extent in (Extent.ALL, Extent.OWN))
        yield f"| `{name}` | {said.fr} · {said.en} | {whole} | {own} |"


def _held(permission: str, extent: Extent) -> str:
    held = [role for role, reach in REACH[permission].items() if reach is extent]
    return ", ".join(held) if len(held) < len(ROLES) else "everybody"
