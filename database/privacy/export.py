"""All of a person's data in one archive: data.json, a CSV for each table, and the files."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from database.privacy.registry import HOLDINGS
from database.privacy.subject import Subject
from database.shared.audit_search import Openers
from database.shared.files import FileStore, KeptFile, files_of, known_file
from database.shared.holding import Holding
from database.shared.keys import Keyring
from database.shared.sealing import Unopenable
from domain.file import FileState
from domain.spreadsheet import csv_table

README = """Vos données personnelles, telles que {firm} les conserve le {at:%d/%m/%Y}.

data.json     toutes les données, par table
csv/          les mêmes données, une table par fichier, pour un tableur
documents/    les documents et les fichiers qui vous concernent
Une référence (C-0042, p5e0c…) désigne une personne ou un dossier sans le nommer.
Les mots de passe, secrets et empreintes ne sont pas copiés ici.

Your personal data as {firm} keeps them on {at:%Y-%m-%d}.

data.json     all data, by table
csv/          the same data, one table a file, for a spreadsheet
documents/    documents and files about you
A reference (C-0042, p5e0c…) stands for a person or a case without a name.
Passwords, secrets and digests are not copied here.
"""
WITHHELD = {
    FileState.QUARANTINED: "en attente de l’analyse antivirus / waiting for the virus scan",
    FileState.INFECTED: "non remis : un virus y a été trouvé / not handed out: a virus was found in it",
}
MOMENT = (1980, 1, 1, 0, 0, 0)

TRAIL = next(one for one in HOLDINGS if one.table == "audit")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Exporter:
    keyring: Keyring
    store: FileStore

    async def archive(self, tx: AsyncConnection, subject: Subject, firm: str, at: datetime) -> bytes:
        """A zip. Raises FilesDown."""
        rows = await self.rows(tx, subject)
        files = await self._files(tx, subject)
        return _zipped(rows, files, README.format(firm=firm, at=at))

    async def rows(self, tx: AsyncConnection, subject: Subject) -> Rows:
        """By table, what is there of the person; secrets are left out, sealed addresses opened."""
        found = {}
        for one in HOLDINGS:
            if one.personal and (rows := await _rows_of(tx, one, subject)):
                found[one.table] = rows
        if TRAIL.table in found:
            found[TRAIL.table] = await self._in_clear(tx, subject)
        return found

    async def _in_clear(self, tx: AsyncConnection, subject: Subject) -> list[dict[str, Any]]:
        """Their lines of the trail with its words; address and browser of what they did themselves."""
        opener, shown = Openers(self.keyring), []
        query = f"select * from audit where tenant_id = :tenant and ({TRAIL.reach}) order by id"
        for row in await tx.execute(text(query), subject.given):
            line = {name: row._mapping[name] for name in TRAIL.exported}
            line["before"], line["after"] = await opener.states(tx, subject.tenant, row)
            if row.who in subject.given["actors"]:
                origin = await opener.origin(tx, subject.tenant, row)
                line |= {"ip": origin.ip, "agent": origin.agent}
            shown.append(line)
        return shown

    async def _files(self, tx: AsyncConnection, subject: Subject) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for one in await _known_files(tx, subject):
            name = f"documents/{one.id}-{one.name}"
            if one.state in WITHHELD:
                found[f"{name}.txt"] = WITHHELD[one.state].encode()
                continue
            try:
                found[name] = await self.store.read_withheld(tx, subject.tenant, one)
            except Unopenable:
                found[f"{name}.txt"] = "illisible : sa clé a été détruite / its key was destroyed".encode()
        return found


async def _rows_of(tx: AsyncConnection, one: Holding, subject: Subject) -> list[dict[str, Any]]:
    columns = ", ".join(f'"{name}"' for name in one.exported)
    query = f"select {columns} from {one.table} where tenant_id = :tenant and ({one.reach})"
    return [dict(row) for row in (await tx.execute(text(query), subject.given)).mappings()]


async def _known_files(tx: AsyncConnection, subject: Subject) -> list[KeptFile]:
    """Theirs, and those of documents about their cases; not the archives made of them before."""
    about = text(
        "select file_id from document where tenant_id = :tenant and file_id is not null and (process, ref) "
        "in (select * from unnest(cast(:processes as text[]), cast(:refs as text[])))"
    )
    ids = {row.file_id for row in await tx.execute(about, subject.given)}
    known = {id: await known_file(tx, subject.tenant, id) for id in sorted(ids)}
    for owner in (*subject.contacts, *subject.persons):
        known |= {one.id: one for one in await files_of(tx, subject.tenant, contact=owner)}
    return [one for one in known.values() if one.removed_at is None and one.retention != "export"]


def _zipped(rows: Rows, files: Mapping[str, bytes], readme: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        entries = {
            "LISEZMOI-README.txt": readme.encode(),
            "data.json": json.dumps(rows, default=_plain, ensure_ascii=False, indent=1).encode(),
            **{f"csv/{table}.csv": _csv(listed) for table, listed in rows.items()},
            **files,
        }
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    cells = [{name: _cell(value) for name, value in row.items()} for row in rows]
    return ("\ufeff" + csv_table(list(rows[0]), cells)).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    return "" if value is None else value


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
