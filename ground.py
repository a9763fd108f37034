"""What activities stand on: the adapters that the settings ask for."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx

import settings as environment
from adapters.anchors import AnchorFiles
from adapters.backup.destroyed import DestroyedKeys
from adapters.captured import PROVIDERS, LaterHolidays, NowhereLinks
from adapters.clamd import scanner_of
from adapters.durable.client import DurableRules
from adapters.files.store import open_files
from adapters.guarded_http import guarded_client
from adapters.holidays import PublicHolidays
from adapters.links import SignedFileLinks, SignedLinks
from adapters.planning.earth import Earth
from adapters.planning.land import LandMask
from adapters.planning.process import PlannerProcess
from adapters.planning.roads import roads_of
from adapters.sendgrid import SendGrid
from adapters.twilio import Twilio
from adapters.typesetting import Typst
from adapters.uploads.inspector import UploadInspector
from adapters.webhook_sender import WebhookSender
from adapters.words import Words
from database.session import Database
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.marks import Marks
from database.shared.sealing import MasterKeys
from database.shared.uploads import Uploads
from domain.maintenance.planning.roads import Land, Roads
from domain.maintenance.planning.solving import Planning
from domain.message import Channel
from domain.ports import Holidays, Links, Poster, Provider, Virtual
from rules.library import Library
from rules.vocabulary import shipped_vocabulary


@dataclass(frozen=True)
class Ground:
    """What activities stand on."""

    database: Database
    providers: dict[Channel, Provider]
    library: Library
    words: Words
    typesetter: Typst
    links: Links
    keyring: Keyring
    files: FileStore
    uploads: Uploads
    poster: Poster
    base_url: str = "https://echeance.example"
    soon: timedelta = timedelta(minutes=1)
    patience: timedelta = timedelta(minutes=5)
    anchors: AnchorFiles | None = None
    watches_backups: bool = True
    destroyed: DestroyedKeys | None = None
    file_links: SignedFileLinks | None = None
    holidays: Holidays = field(default_factory=PublicHolidays)
    roads: Roads = field(default_factory=Earth)
    land: Land = field(default_factory=LandMask)
    planning: Planning = field(default_factory=PlannerProcess)
    virtual: Callable[[str], Virtual] | None = None
    """Moves the processes of a queue through time; whoever makes workers has it."""

    def shadow(self, later: bool) -> "Ground":
        """On which nothing leaves: what is sent is written down, and links lead nowhere."""
        holidays = LaterHolidays(self.holidays) if later else self.holidays
        links = NowhereLinks(self.base_url)
        return replace(self, providers=dict(PROVIDERS), links=links, file_links=None, holidays=holidays)


async def ground_of(chosen: environment.Settings, stack: AsyncExitStack) -> Ground:
    """The adapters that the settings ask for; ``stack`` closes them."""
    http = await stack.enter_async_context(httpx.AsyncClient(timeout=10))
    outside = guarded_client(chosen.outgoing_private, ports=chosen.outgoing_ports)
    await stack.enter_async_context(outside)
    words = Words(chosen.templates_folder)
    secrets = [secret.get_secret_value() for secret in chosen.link_secrets]
    database = Database(chosen.database_url)
    stack.push_async_callback(database.close)
    files = FileStore(open_files(chosen), keyring_of(chosen))
    return Ground(
        database=database,
        providers=providers_of(chosen, http, stack),
        library=library_of(chosen, stack),
        words=words,
        typesetter=Typst(chosen.templates_folder),
        links=SignedLinks(secrets, chosen.public_base_url),
        file_links=SignedFileLinks(secrets, chosen.public_base_url),
        keyring=keyring_of(chosen),
        base_url=chosen.public_base_url,
        anchors=anchors_of(chosen),
        files=files,
        uploads=Uploads(files, UploadInspector(), scanner_of(chosen.scan_url)),
        roads=roads_of(chosen.roads_kind, chosen.roads_url, chosen.roads_percent),
        poster=WebhookSender(outside),
        soon=timedelta(seconds=chosen.provider_retry_after),
        patience=timedelta(seconds=chosen.reconcile_every),
        watches_backups=chosen.backup_watch,
        destroyed=DestroyedKeys(chosen.anchors_folder) if chosen.anchors_folder else None,
    )


def keyring_of(chosen: environment.Settings) -> Keyring:
    return Keyring(MasterKeys([secret.get_secret_value() for secret in chosen.master_keys]))


def anchors_of(chosen: environment.Settings) -> AnchorFiles | None:
    folder = chosen.anchors_folder
    return AnchorFiles(folder, Marks(keyring_of(chosen).master)) if folder else None


def library_of(chosen: environment.Settings, stack: AsyncExitStack) -> Library:
    """The rules engine of patterns is a process that starts when it is first asked."""
    engine = DurableRules()
    stack.callback(engine.close)
    known = shipped_vocabulary(chosen.templates_folder)
    return Library(chosen.rules_folder, known, engine, durable=chosen.rules_backend == "durable")


def providers_of(
    chosen: environment.Settings, http: httpx.AsyncClient, stack: AsyncExitStack
) -> dict[Channel, Provider]:
    mail = SendGrid(
        http, chosen.sendgrid_base_url, chosen.sendgrid_api_key.get_secret_value(),
        chosen.sendgrid_sender, chosen.sendgrid_sender_name, settles_after=chosen.sendgrid_settles_after,
    )  # fmt: skip
    sms = Twilio(
        chosen.twilio_base_url, chosen.twilio_account_sid, chosen.twilio_auth_token.get_secret_value(),
        chosen.twilio_sender, chosen.public_base_url, 10, settles_after=chosen.twilio_settles_after,
    )  # fmt: skip
    stack.callback(sms.close)
    return {Channel.EMAIL: mail, Channel.SMS: sms}
