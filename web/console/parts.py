"""What the console stands on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from api.parts import Parts as ApiParts
from domain.identity import Begun, Identity, Provider
from rules.library import Library


class Organisations(Protocol):
    """Identity providers of tenants. Both raise NotIdentified."""

    async def address(self, provider: Provider, begun: Begun, back: str) -> str: ...

    async def identify(
        self, provider: Provider, begun: Begun, code: str, back: str, now: datetime
    ) -> Identity: ...


@dataclass(frozen=True)
class Parts:
    """``secrets`` are the link secrets, the newest first. ``temporal_ui`` is the namespace's address in
    Temporal's UI, empty when there is none.
    """

    api: ApiParts
    library: Library
    rules_folder: Path
    secrets: tuple[str, ...] = field(repr=False)
    temporal_ui: str = ""
    organisations: Organisations | None = None
    is_stolen: Callable[[str], bool] | None = None
    """Whether a password is in a set of breached ones, where the installation has one."""
