"""Files given in the console: a form, a page that follows them, and each wrong row put right."""

import io
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
import xlsxwriter

from activities.fleet.intake import Intakes
from adapters.csv_fleet import CsvFleetFiles
from adapters.holidays import PublicHolidays
from database.fleet.tables import intake, payment
from tests.api.samples import CONTRACTS, signed
from tests.api.test_console import console_app, console_parts, operator, stranger
from tests.api.test_console_fleet import Fleet, fleet
from web.console.parts import Parts

__all__ = ["console_app", "console_parts", "fleet", "operator", "stranger"]

HEADER = "payment_ref,contract_ref,received_at,amount_minor,channel"


class Desk:
    """Somebody who gives files, and the worker that takes them in."""

    def __init__(self, fleet: Fleet, parts: Parts) -> None:
        self.fleet, self.operator = fleet, fleet.operator
        api = parts.api
        self.worker = Intakes(api.database, api.files, CsvFleetFiles(), PublicHolidays())

    async def gives(self, act: str, name: str, content: bytes) -> Any:
        token = re.search(r'name="form_token" value="([^"]+)"', await self.operator.see(f"/do/{act}"))
        assert token
        return await self.operator.http.post(
            f"/console/do/{act}", data={"form_token": token.group(1)}, files={"file": (name, content)}
        )

    async def given(self, act: str, content: bytes, name: str = "mars.csv") -> str:
        answer = await self.gives(act, name, content)
        assert answer.status_code == 303, plain(answer.text)
        return re.sub(r"^/console|\?.*", "", answer.headers["location"])

    async def works(self) -> None:
        for row in await self.operator.rows(intake):
            await self.worker.go_on(self.operator.tenant, row.id, lambda _: None)

    async def see(self, path: str) -> str:
        return plain(await self.fleet.see(path))


def plain(page: str) -> str:
    return " ".join(re.sub(r"[\u00a0\u202f]", " ", unescape(re.sub(r"<[^>]+>", " ", page))).split())


@pytest.fixture
def desk(fleet: Fleet, console_parts: Parts) -> Desk:
    return Desk(fleet, console_parts)


async def test_a_file_is_given_followed_and_its_rows_are_put_right(desk: Desk) -> None:
    form = await desk.fleet.see("/do/import-payments")
    assert "Colonnes : payment_ref, contract_ref, received_at, amount_minor, channel." in form
    empty = await desk.operator.http.get("/console/imports/payments/template")
    assert empty.text == f"{HEADER},currency,agent_ref\r\n"
    rows = ("Q-1,CT-1,2031-02-01T10:00:00+01:00,500,cash", "Q-2,CT-1,hier,500,cash", "Q-3,CT-9;500",
            "Q-4,CT-3,2031-02-01T10:00:00+01:00,700,cash")  # fmt: skip
    page = await desk.given("import-payments", "\n".join((HEADER, *rows)).encode())
    assert 'http-equiv="refresh"' in await desk.fleet.see(page)
    assert "Il commence dans un instant" in await desk.see(page)
    await desk.works()
    told = await desk.see(page)
    assert 'http-equiv="refresh"' not in await desk.fleet.see(page)
    assert "Tout est entré, sauf 3 lignes à corriger." in told
    assert "3 Q-2 Reçu : « hier » n’est pas un moment : écrivez 2026-03-20T10:00:00+01:00." in told
    assert "2 valeurs pour 5 colonnes" in told
    assert "5 Q-4 Introuvable : contrat « CT-3 »" in told
    [row] = await desk.operator.rows(intake)
    assert "Q-4" in await desk.see(f"/kept-aside?state=open&file={row.sha256}")
    assert "Q-4" not in await desk.see(f"/kept-aside?state=open&file={'0' * 64}")
    # One after the other: the page of a row that is right leads to the next.
    first = link_to_row(await desk.fleet.see(page), "Q-2")
    wrong = await desk.operator.send(first + "/replay", **{"given.received_at": "demain"})
    assert (wrong.status_code, "« demain » n’est pas un moment" in plain(wrong.text)) == (422, True)
    await desk.operator.send(first + "/replay", **{"given.received_at": "2031-02-02T10:00:00+01:00"})
    assert "Entré sous Q-2" in await desk.see(first)
    following = re.search(
        r'href="/console(/kept-aside/[^"]+)">Corriger la suivante', await desk.fleet.see(first)
    )
    assert following
    # A row that could not even be parted has every column to be filled.
    assert 'name="given.contract_ref" value=""' in await desk.fleet.see(following.group(1))
    filled = {
        "given.payment_ref": "Q-3", "given.contract_ref": "CT-1", "given.amount_minor": "500",
        "given.received_at": "2031-02-03T10:00:00+01:00", "given.channel": "cash",
    }  # fmt: skip
    entered = await desk.operator.send(following.group(1) + "/replay", **filled)
    assert entered.status_code == 303, plain(entered.text)
    # The last one was right all the time: its contract was not there yet.
    await desk.operator.send(page + "/replay")
    await desk.fleet.asks("POST", CONTRACTS, json=signed("CT-3", driver_ref="D-2"))
    answer = await desk.operator.send(page + "/replay")
    assert "1 ligne est entrée." in plain(await desk.operator.see(answer.headers["location"][8:]))
    assert "Tout est entré ou réglé." in await desk.see(page)
    refs = {row.ref for row in await desk.operator.rows(payment)}
    assert refs >= {"Q-1", "Q-2", "Q-3", "Q-4"}
    assert "import-payments" not in str([row.after for row in await desk.operator.acts()])


async def test_each_press_of_the_button_tries_the_next_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.console.imports.MANY", 1)
    rows = (
        f"Q-{number},CT-{contract},2031-02-03T10:00:00+01:00,500,cash"
        for number, contract in ((1, 8), (2, 3))
    )
    page = await desk.given("import-payments", "\n".join((HEADER, *rows)).encode())
    await desk.works()
    await desk.fleet.asks("POST", CONTRACTS, json=signed("CT-3", driver_ref="D-2"))
    first = await desk.operator.send(page + "/replay")
    shown = await desk.operator.see(first.headers["location"][8:])
    assert "Aucune de ces lignes" in plain(shown)
    after = re.search(r'name="after" value="(\d+)"', shown)
    assert after
    assert "Reprendre les lignes suivantes" in shown
    second = await desk.operator.send(page + "/replay", after=after.group(1))
    shown = await desk.operator.see(second.headers["location"][8:])
    assert "1 ligne est entrée." in plain(shown)
    assert 'name="after"' not in shown
    [entered] = [one for one in await desk.operator.acts() if one.action == "fleet.kept_aside.replayed"]
    assert entered.object.startswith("fleet.kept_aside:K-"), "as over the API"


def link_to_row(page: str, ref: str) -> str:
    found = re.search(rf'href="/console(/kept-aside/[^"]+)">{ref}<', page)
    assert found
    return found.group(1)


async def test_what_is_no_such_file_is_told_beside_the_field(desk: Desk) -> None:
    for content, said in (
        (b"a,b\n1,2\n", "La colonne manque : payment_ref, contract_ref,"),
        (b"PK\x03\x04nothing", "ne s’ouvre pas"),
        ("é".encode("utf-16"), "UTF-16"),
    ):  # fmt: skip
        answer = await desk.gives("import-payments", "x.csv", content)
        assert (answer.status_code, said in plain(answer.text)) == (422, True), plain(answer.text)
    large = await desk.gives("import-payments", "x.csv", b"x" * 21_000_000)
    assert (large.status_code, "20 Mo au plus" in plain(large.text)) == (413, True)
    assert await desk.operator.rows(intake) == []
    await desk.given("import-payments", HEADER.encode() + b"\n" * 3_000_000)


async def test_contracts_come_as_a_workbook_and_are_stopped(desk: Desk) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, ["Q-8", "CT-1"])
        sheet.write_datetime(1, 2, datetime(2031, 2, 1), book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))
        sheet.write_row(1, 3, [500, "cash"])
    page = await desk.given("import-payments", file.getvalue(), "Février <b>.xlsx")
    stopped = await desk.operator.send(page + "/stop")
    assert stopped.status_code == 303
    await desk.works()
    assert "Ce qui était entré y reste" in await desk.see(page)
    again = await desk.given("import-payments", file.getvalue())
    await desk.works()
    assert "Tout est entré." in await desk.see(again)
    assert (await desk.operator.send(page + "/stop")).status_code == 409
    listed = await desk.see("/imports")
    assert "Février <b>.xlsx arrêté" in listed
    assert "mars.csv terminé 1" in listed
