"""Names of stored files: only what every store and every file system takes as it stands."""

import re

NAME = re.compile(r"[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9.-]*)+")
LONGEST = 200


def checked(name: str) -> str:
    """Raises ValueError: our own names are well formed, so another one is a bug or an attack."""
    if len(name) > LONGEST or not NAME.fullmatch(name) or ".." in name:
        raise ValueError("not the name of a stored file")
    return name


def checked_prefix(prefix: str) -> str:
    """Raises ValueError."""
    if prefix:
        checked(f"{prefix}x")
        if not prefix.endswith("/"):
            raise ValueError("a prefix ends with /")
    return prefix
