"""What the platform is told by its environment, read once at start. Every variable begins with ECHEANCE_."""

import os
import re
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url

from domain.errors import BadInput, Mistake
from domain.transport import WHY, clear_lines, temporal_mistakes

PREFIX = "ECHEANCE_"
FROM_FILE = "_FILE"
LARGEST_FILE = 65_536
SHORTEST_SECRET = 32
TASK_QUEUES = ("fleet", "training", "maintenance", "internships", "platform", "planner", "shadow")
HERE = Path(__file__).resolve().parent


def _split(value: Any) -> Any:
    """A list in the environment is written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _known_queues(queues: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(queues) - set(TASK_QUEUES))
    if unknown:
        raise ValueError(f"no task queue is called {', '.join(unknown)}; known are {', '.join(TASK_QUEUES)}")
    return queues


def _long(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"must have {SHORTEST_SECRET} random characters or more")
    return secret


def _psycopg(url: str) -> str:
    if not url.startswith("postgresql+psycopg://"):
        raise ValueError("must begin with postgresql+psycopg://")
    make_url(url)
    return url


def _store(url: str) -> str:
    if not re.fullmatch(r"file:///\S+|(s3|az)://[^\s/]+(/\S*)?", url):
        raise ValueError("must be file:///folder, s3://bucket/prefix or az://container/prefix")
    return url


Ports = Annotated[
    tuple[Annotated[int, Field(ge=1, le=65535)], ...], NoDecode, BeforeValidator(_split), Field(min_length=1)
]
FilesUrl = Annotated[str, AfterValidator(_store)]
DatabaseUrl = Annotated[str, AfterValidator(_psycopg)]
Secret = Annotated[SecretStr, AfterValidator(_long)]
Secrets = Annotated[tuple[Secret, ...], NoDecode, BeforeValidator(_split), Field(min_length=1)]
PossibleSecrets = Annotated[tuple[Secret, ...], NoDecode, BeforeValidator(_split)]
Percents = Annotated[
    tuple[Annotated[int, Field(ge=10, le=1000)], ...], NoDecode, BeforeValidator(_split),
    Field(min_length=24, max_length=24),
]  # fmt: skip
Queues = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_known_queues), Field(min_length=1)
]


class Settings(BaseSettings):
    """Addresses and secrets. `.env.example` says what each one is for."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: DatabaseUrl
    database_admin_url: DatabaseUrl | None = None

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_tls: bool = False
    temporal_tls_ca: FilePath | None = None
    temporal_tls_certificate: FilePath | None = None
    temporal_tls_key: FilePath | None = None
    temporal_tls_name: str = ""
    temporal_api_key: SecretStr = SecretStr("")
    temporal_ui_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    task_queues: Queues = TASK_QUEUES
    worker_concurrency: int = Field(default=50, ge=1, le=1000)
    planner_concurrency: int = Field(default=1, ge=1, le=64)
    roads_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    roads_kind: Literal["osrm", "valhalla"] = "osrm"
    roads_percent: Percents = (100,) * 24

    public_base_url: str
    link_secrets: Secrets
    master_keys: Secrets
    mobile_money_secret: Secret

    files_url: FilesUrl
    files_endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$")
    files_region: str = ""
    files_account: str = ""
    files_secret: SecretStr = SecretStr("")
    scan_url: str = Field(default="", pattern=r"^(tcp://[^/\s]+:\d+|unix:///\S+)?$")

    sendgrid_base_url: str = "https://api.sendgrid.com"
    sendgrid_api_key: SecretStr
    sendgrid_sender: str
    sendgrid_sender_name: str = "Échéance"
    sendgrid_verification_key: str
    sendgrid_settles_after: float = Field(default=300.0, ge=0)

    twilio_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str
    twilio_auth_token: SecretStr
    twilio_sender: str
    twilio_settles_after: float = Field(default=60.0, ge=0)

    provider_retry_after: float = Field(default=60.0, gt=0)

    reconcile_every: float = Field(default=300.0, ge=1)

    rules_backend: Literal["python", "durable"] = "python"
    rules_folder: Path = HERE / "rules"
    templates_folder: Path = HERE / "templates"

    backup_keys: PossibleSecrets = ()
    backup_folder: Path | None = None
    backup_at: time = time(2, 30)
    backup_tools: Path | None = None
    backup_watch: bool = True

    anchors_folder: Path | None = None

    breached_passwords: FilePath | None = None

    outgoing_private: bool = False
    outgoing_ports: Ports = (443, 80)
    encrypted_only: bool = False

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @property
    def application_role(self) -> str:
        """The database role that the application works as, out of its URL."""
        return make_url(self.database_url).username or ""

    def secrets(self) -> list[str]:
        """All that must never stand in a log."""
        urls = [make_url(url).password for url in (self.database_url, self.database_admin_url) if url]
        values = [value for name in type(self).model_fields for value in _each(getattr(self, name))]
        hidden = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        return [one for one in (*urls, *hidden) if one]


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def load(**given: Any) -> Settings:
    """Raises BadInput that names every missing or wrong variable; values are never repeated.

    ``ECHEANCE_X_FILE`` names a file that holds what ``ECHEANCE_X`` would.
    """
    told, mistakes = _from_files()
    try:
        settings = Settings(**{**told, **given})
    except ValidationError as error:
        found = [_mistake(one["loc"], one["msg"]) for one in error.errors()]
        known = {mistake.field.removesuffix(FROM_FILE) for mistake in mistakes}
        raise BadInput(*mistakes, *(one for one in found if one.field not in known)) from None
    mistakes += [replace(one, field=f"{PREFIX}{one.field.upper()}") for one in _lines(settings)]
    if mistakes:
        raise BadInput(*mistakes)
    return settings


ADDRESSES = (
    "public_base_url",
    "files_endpoint",
    "roads_url",
    "sendgrid_base_url",
    "twilio_base_url",
)
"""Of servers that are spoken to by HTTP."""


def _lines(chosen: Settings) -> list[Mistake]:
    """How the platform was told to speak with others: what does not fit, and what may not be in clear."""
    found = temporal_mistakes(
        chosen.temporal_tls,
        chosen.temporal_tls_certificate is not None,
        chosen.temporal_tls_key is not None,
        {
            "temporal_tls_ca": chosen.temporal_tls_ca is not None,
            "temporal_tls_name": bool(chosen.temporal_tls_name),
            "temporal_api_key": bool(chosen.temporal_api_key.get_secret_value()),
        },
    )
    if not chosen.encrypted_only:
        return found
    databases = {name: getattr(chosen, name) or "" for name in ("database_url", "database_admin_url")}
    found += clear_lines(databases, {name: getattr(chosen, name) for name in ADDRESSES}, chosen.scan_url)
    if not chosen.temporal_tls:
        found.append(Mistake("temporal_tls", WHY, "set it to true"))
    if chosen.outgoing_private:
        found.append(Mistake("outgoing_private", "it lets tools be called by http", "set it to false"))
    return found


def _from_files() -> tuple[dict[str, str], list[Mistake]]:
    """A setting's name and the content of its file, without the line's end; and the files that do not do."""
    told: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        path = os.environ.get(variable + FROM_FILE, "")
        if not path:
            continue
        if os.environ.get(variable):
            mistakes.append(Mistake(variable + FROM_FILE, f"{variable} is set, too", "set one of the two"))
            continue
        try:
            told[name] = _content(Path(path))
        except (OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or str(error)
            mistakes.append(Mistake(variable + FROM_FILE, problem, "name a small text file that can be read"))
    return told, mistakes


def _content(path: Path) -> str:
    """Raises OSError, ValueError."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError("the file is too large")
    try:
        return content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError("the file is not a text in UTF-8") from None


def _mistake(place: tuple[int | str, ...], problem: str) -> Mistake:
    name = f"{PREFIX}{str(place[0]).upper()}" if place else PREFIX
    return Mistake(name, problem.removeprefix("Value error, "), "set it as .env.example describes")
