"""Builds what activities stand on, with the real SDKs speaking to the local twin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from adapters.files.folder import FolderFiles
from adapters.guarded_http import guarded_client
from adapters.links import SignedFileLinks, SignedLinks
from adapters.local.twin_settings import TwinSettings
from adapters.local.twins import twin_server
from adapters.sendgrid import SendGrid
from adapters.twilio import Twilio
from adapters.typesetting import Typst
from adapters.uploads.inspector import UploadInspector
from adapters.webhook_sender import WebhookSender
from adapters.words import Words
from database.session import Database
from database.shared.files import FileStore
from database.shared.keys import Keyring
from database.shared.sealing import MasterKeys
from database.shared.uploads import Uploads
from domain.message import Channel
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from tests.engine import ENGINE
from worker import Ground

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = "https://echeance.example"
KEYRING = Keyring(MasterKeys(["a master key for tests that is long enough"]))


@dataclass
class Twin:
    address: str
    settings: TwinSettings
    http: httpx.AsyncClient

    async def order(self, **faults: Any) -> None:
        (await self.http.post(f"{self.address}/twin/faults", json=faults)).raise_for_status()

    async def messages(self, **filters: str) -> list[dict[str, Any]]:
        answer = await self.http.get(f"{self.address}/twin/messages.json", params=filters)
        listed: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return listed


@asynccontextmanager
async def serve(server: uvicorn.Server) -> AsyncIterator[str]:
    """The server's address, from the moment it listens."""
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(15):
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def serve_twin(folder: Path, webhooks: str = "") -> AsyncIterator[Twin]:
    settings = TwinSettings(folder, webhooks=webhooks, delay=0.0, disorder=0.0)
    server = twin_server(settings, "127.0.0.1", 0)
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http, serve(server) as address:
        yield Twin(address, settings, http)


def store_in(folder: Path) -> FileStore:
    return FileStore(FolderFiles(folder), KEYRING)


def ground(database: Database, twin: Twin) -> Ground:
    settings = twin.settings
    return Ground(
        database=database,
        providers={
            Channel.EMAIL: SendGrid(twin.http, twin.address, settings.api_key, "bonjour@echeance.example",
            "Échéance",
                settles_after=0),
            Channel.SMS: Twilio(
                twin.address, settings.account_sid, settings.auth_token, settings.sms_number, PUBLIC, 10,
                settles_after=0,
            ),
        },
        library=Library(ROOT / "rules", shipped_vocabulary(ROOT / "templates"), ENGINE),
        words=Words(ROOT / "templates"),
        typesetter=Typst(ROOT / "templates"),
        links=SignedLinks(["a secret for tests"], PUBLIC),
        file_links=SignedFileLinks(["a secret for tests"], PUBLIC),
        keyring=KEYRING,
        files=(store := store_in(settings.data / "files")),
        uploads=Uploads(store, UploadInspector()),
        poster=WebhookSender(guarded_client(allow_private=True, within=5)),
    )  # fmt: skip
