"""Bring a database to the present schema."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

ROOT = Path(__file__).resolve().parent.parent


def config(admin_url: str, app_role: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(ROOT / "database" / "migrations"))
    made.set_main_option("sqlalchemy.url", admin_url.replace("%", "%%"))
    made.attributes["app_role"] = app_role
    return made


def upgrade(admin_url: str, app_role: str = "echeance_app") -> None:
    """``admin_url`` owns the schema; ``app_role`` is created if missing and gets what it needs."""
    command.upgrade(config(admin_url, app_role), "heads")


def knows(revisions: Iterable[str]) -> bool:
    """Whether this release knows a schema at these revisions; a newer one's it does not."""
    scripts = ScriptDirectory(str(ROOT / "database" / "migrations"))
    try:
        return all(scripts.get_revision(revision) for revision in revisions)
    except CommandError:
        return False
