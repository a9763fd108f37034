"""What the console stands on."""

from dataclasses import dataclass, field
from pathlib import Path

from api.parts import Parts as ApiParts
from rules.library import Library


@dataclass(frozen=True)
class Parts:
    """``secrets`` are the link secrets, the newest first. ``temporal_ui`` is the namespace's address in
    Temporal's UI, empty when there is none. ``secure`` keeps the cookie off plain HTTP.
    """

    api: ApiParts
    library: Library
    rules_folder: Path
    secrets: tuple[str, ...] = field(repr=False)
    secure: bool = True
    temporal_ui: str = ""
