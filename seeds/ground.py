"""A machine of the platform's own kind, for the demonstration and the benches; the twin runs apart."""

import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
from temporalio.client import Client

from adapters.durable.client import DurableRules
from adapters.files.folder import FolderFiles
from adapters.guarded_http import guarded_client
from adapters.links import SignedLinks
from adapters.local.ports import choose_port
from adapters.local.postgres import EmbeddedPostgres
from adapters.local.process import LocalProcess
from adapters.local.signing import EventSigner
from adapters.local.temporal import EmbeddedTemporal
from adapters.local.twin_settings import TwinSettings
from adapters.sendgrid import SendGrid
from adapters.temporal import connect
from adapters.twilio import Twilio
from adapters.typesetting import Typst
from adapters.uploads.inspector import UploadInspector
from adapters.webhook_sender import WebhookSender
from adapters.words import Words
from database.migrate import upgrade
from database.session import Database
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.payload_keys import CaseKeys
from database.shared.sealing import MasterKeys
from database.shared.uploads import Uploads
from domain.message import Channel
from domain.ports import Provider
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from worker import Ground

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = "https://echeance.example"
SECRET = "a secret of the demonstration known to everybody"
FAR = TwinSettings(Path())
"""The twin's own account: what its defaults say."""


@dataclass(frozen=True)
class Place:
    client: Client
    ground: Ground
    owner: Database
    temporal: EmbeddedTemporal
    postgres: EmbeddedPostgres
    folder: Path
    twin: LocalProcess
    environment: dict[str, str]
    """What a worker or API process of its own is told."""


async def stand(stack: AsyncExitStack) -> Place:
    """Servers, schema, twin and adapters; ``stack`` takes all of it down."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    postgres, temporal = start_servers(folder, stack)
    twin, address = start_twin(folder / "twin", stack)
    database, owner = Database(postgres.url(role="echeance_app"), 40), Database(postgres.url(), 2)
    stack.push_async_callback(database.close)
    stack.push_async_callback(owner.close)
    engine = DurableRules()
    stack.callback(engine.close)
    keyring = Keyring(MasterKeys([SECRET]))
    ground = Ground(
        database=database,
        providers=await providers(address, stack),
        library=Library(ROOT / "rules", shipped_vocabulary(ROOT / "templates"), engine),
        words=Words(ROOT / "templates"),
        typesetter=Typst(ROOT / "templates"),
        links=SignedLinks([SECRET], PUBLIC),
        keyring=keyring,
        files=(files := FileStore(FolderFiles(folder / "files"), keyring)),
        uploads=Uploads(files, UploadInspector()),
        poster=WebhookSender(await stack.enter_async_context(guarded_client())),
    )
    environment = environment_of(postgres, temporal, address, folder)
    client = await connect(temporal.address, keys=CaseKeys(database, ground.keyring))
    return Place(client, ground, owner, temporal, postgres, folder, twin, environment)


def start_servers(folder: Path, stack: AsyncExitStack) -> tuple[EmbeddedPostgres, EmbeddedTemporal]:
    folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder / "postgres" / "data")
    postgres.start()
    stack.callback(postgres.stop)
    upgrade(postgres.url())
    temporal = EmbeddedTemporal(folder / "temporal", choose_port(0)[0])
    temporal.start()
    stack.callback(temporal.stop)
    return postgres, temporal


async def providers(twin: str, stack: AsyncExitStack) -> dict[Channel, Provider]:
    http = await stack.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
    sms = Twilio(twin, FAR.account_sid, FAR.auth_token, FAR.sms_number, PUBLIC, 10, settles_after=1)
    stack.callback(sms.close)
    mail = SendGrid(http, twin, FAR.api_key, "bonjour@echeance.example", "Échéance", settles_after=1)
    return {Channel.EMAIL: mail, Channel.SMS: sms}


def environment_of(
    postgres: EmbeddedPostgres, temporal: EmbeddedTemporal, twin: str, folder: Path
) -> dict[str, str]:
    return {
        "ECHEANCE_DATABASE_URL": postgres.url(role="echeance_app"),
        "ECHEANCE_TEMPORAL_ADDRESS": temporal.address,
        "ECHEANCE_PUBLIC_BASE_URL": PUBLIC,
        "ECHEANCE_LINK_SECRETS": SECRET,
        "ECHEANCE_MASTER_KEYS": SECRET,
        "ECHEANCE_MOBILE_MONEY_SECRET": SECRET,
        "ECHEANCE_FILES_URL": (folder / "files").as_uri(),
        "ECHEANCE_SENDGRID_BASE_URL": twin,
        "ECHEANCE_SENDGRID_API_KEY": FAR.api_key,
        "ECHEANCE_SENDGRID_SENDER": "bonjour@echeance.example",
        "ECHEANCE_SENDGRID_VERIFICATION_KEY": EventSigner(folder / "signer").public_key,
        "ECHEANCE_SENDGRID_SETTLES_AFTER": "1",
        "ECHEANCE_TWILIO_BASE_URL": twin,
        "ECHEANCE_TWILIO_ACCOUNT_SID": FAR.account_sid,
        "ECHEANCE_TWILIO_AUTH_TOKEN": FAR.auth_token,
        "ECHEANCE_TWILIO_SENDER": FAR.sms_number,
        "ECHEANCE_TWILIO_SETTLES_AFTER": "1",
    }


def start_twin(folder: Path, stack: AsyncExitStack) -> tuple[LocalProcess, str]:
    """The providers' far end runs in a process of its own, as it would be far away."""
    folder.mkdir(parents=True)
    port, _ = choose_port(0)
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "adapters.local.twins", "--port", str(port), "--data", str(folder)]
    process = LocalProcess("twin", [*command, "--webhooks", ""], folder / "twin.log")

    def ready() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{address}/twin/health", timeout=1, trust_env=False).is_success
        return False

    process.start(ready, within=30)
    stack.callback(process.stop)
    return process, address
