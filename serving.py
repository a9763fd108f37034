"""The composition root of the API: `uvicorn serving:create_app --factory`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from urllib.parse import quote

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Lifespan
from temporalio.client import Client

import settings as environment
from activities.platform.publications import Books
from adapters import identifiers
from adapters.breached import BreachedPasswords
from adapters.clamd import scanner_of
from adapters.csv_fleet import CsvFleetFiles
from adapters.durable.client import DurableRules
from adapters.files.store import open_files
from adapters.guarded_http import guarded_client
from adapters.history_codec import HistoryCodec, HistoryReader
from adapters.holidays import PublicHolidays
from adapters.links import SignedFileLinks, SignedLinks, SignedPersonLinks
from adapters.logs import guard_logs
from adapters.oidc import OpenId
from adapters.planning.land import LandMask
from adapters.planning.repair import Repair
from adapters.planning.roads import roads_of
from adapters.planning.slots import Board
from adapters.temporal import connect_as
from adapters.typesetting import Typst
from adapters.uploads.inspector import UploadInspector
from adapters.webhooks import SendGridWebhook, TwilioWebhook
from api import app as api
from api.maintenance.planning_tools import Tools as Planning
from api.parts import Parts
from api.tokens import JwtTokens
from database.session import Database
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.payload_keys import CaseKeys
from database.shared.sealing import MasterKeys
from database.shared.signing_keys import SigningKeys
from database.shared.uploads import Uploads
from domain.network import Outgoing
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from web.answers.router import answer_pages
from web.console.parts import Parts as ConsoleParts
from web.console.router import mount_console
from web.files.router import file_pages
from web.planning.router import map_pages
from web.portal.router import portal_pages
from web.reference import reference_page
from web.trials.router import trial_pages

log = logging.getLogger("echeance.api")


def create_app(chosen: environment.Settings | None = None) -> FastAPI:
    """Raises BadInput when the environment is not complete, BrokenBooks when a rule book is broken."""
    chosen = chosen or environment.load()
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    guard_logs(chosen.secrets())
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells addresses, and where customers live
    engine = DurableRules()
    known = shipped_vocabulary(chosen.templates_folder)
    library = Library(chosen.rules_folder, known, engine, durable=chosen.rules_backend == "durable")
    parts = parts_of(chosen, library)
    app = assemble(parts, lifespan_of(parts, library, engine))
    mount_console(app, console_of(chosen, parts, library))
    return app


def assemble(parts: Parts, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The API and the pages for people, as one application."""
    pages = [
        answer_pages(parts),
        file_pages(parts),
        portal_pages(parts),
        reference_page(parts.templates),
        trial_pages(parts.templates),
        map_pages(parts.templates),
    ]
    return api.create_app(parts, pages=pages, lifespan=lifespan)


def console_of(chosen: environment.Settings, parts: Parts, library: Library) -> ConsoleParts:
    ui = chosen.temporal_ui_url.rstrip("/")
    return ConsoleParts(
        api=parts,
        library=library,
        rules_folder=chosen.rules_folder,
        secrets=tuple(one.get_secret_value() for one in chosen.link_secrets),
        temporal_ui=f"{ui}/namespaces/{quote(chosen.temporal_namespace, safe='')}" if ui else "",
        is_stolen=BreachedPasswords(chosen.breached_passwords) if chosen.breached_passwords else None,
        organisations=OpenId(
            partial(guarded_client, chosen.outgoing_private, ports=chosen.outgoing_ports),
            plain=chosen.outgoing_private,
        ),
    )


def parts_of(chosen: environment.Settings, library: Library) -> Parts:
    token = chosen.twilio_auth_token.get_secret_value()
    database = Database(chosen.database_url, ping=True)
    keyring = Keyring(MasterKeys([one.get_secret_value() for one in chosen.master_keys]))
    files = FileStore(open_files(chosen), keyring)
    return Parts(
        database=database,
        clock=lambda: datetime.now(UTC),
        links=SignedLinks([one.get_secret_value() for one in chosen.link_secrets], chosen.public_base_url),
        mail_webhook=SendGridWebhook(chosen.sendgrid_verification_key),
        sms_webhook=TwilioWebhook(token, chosen.public_base_url),
        holidays=PublicHolidays(),
        fleet_files=CsvFleetFiles(),
        identifiers=identifiers,
        typesetter=Typst(chosen.templates_folder),
        mobile_money_secret=chosen.mobile_money_secret.get_secret_value(),
        templates=chosen.templates_folder,
        ping_temporal=pinger(chosen),
        book_problems=lambda: [str(one) for one in (*library.problems(), *library.passed_over())],
        library=library,
        keyring=keyring,
        tokens=JwtTokens(SigningKeys(database, keyring.master), chosen.public_base_url.rstrip("/")),
        files=files,
        uploads=Uploads(files, UploadInspector(), scanner_of(chosen.scan_url)),
        file_links=SignedFileLinks(
            [one.get_secret_value() for one in chosen.link_secrets], chosen.public_base_url
        ),
        person_links=SignedPersonLinks(
            [one.get_secret_value() for one in chosen.link_secrets], chosen.public_base_url
        ),
        histories=HistoryReader(HistoryCodec(CaseKeys(database, keyring))),
        planning=Planning(
            roads_of(chosen.roads_kind, chosen.roads_url, chosen.roads_percent), LandMask(), Board, Repair()
        ),
        outgoing=Outgoing(chosen.outgoing_private, chosen.outgoing_ports),
    )


def pinger(chosen: environment.Settings) -> Callable[[], Awaitable[None]]:
    """Connects at the first call, so that the API starts and serves while Temporal is away."""
    connected: list[Client] = []

    async def ping() -> None:
        if not connected:
            connected.append(await connect_as(chosen))
        if not await connected[0].service_client.check_health():
            raise ConnectionError("Temporal says it is not healthy")

    return ping


def lifespan_of(parts: Parts, library: Library, engine: DurableRules) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(keep_fresh(Books(parts.database, library), parts.clock))
        try:
            yield
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
            await parts.database.close()
            engine.close()

    return lifespan


async def keep_fresh(
    books: Books, clock: Callable[[], datetime], every: float = 2.0, rarely: int = 15
) -> None:
    """What is wrong with a rule file, or with what a tenant published, shows in the health check.

    Tenants are looked at every ``rarely`` times.
    """
    for times in count():
        try:
            await asyncio.to_thread(books.library.refresh)
        except Exception:  # whatever it is, the next look may find the folder in order again
            log.exception("the rule books could not be looked at")
        if times % rarely == 0:
            with suppress(SQLAlchemyError, OSError):  # the health check names the database by itself
                await books.survey(clock())
        await asyncio.sleep(every)
