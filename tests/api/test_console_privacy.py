"""Requests about personal data in the console: seen, exported, erased with a fresh proof, refused."""

import io
import zipfile
from datetime import date

from sqlalchemy import select

from database.maintenance import renewal
from database.privacy import requests
from database.privacy.requests import Asked
from database.privacy.subject import subject_of
from database.privacy.tables import privacy_request
from database.shared.contacts import Contact, contact_of, save_contact
from database.shared.sign_in_tables import letter
from database.shared.tables import person
from domain.maintenance.contract import ServiceContract
from domain.maintenance.renewal import Level
from domain.money import Money
from domain.platform.privacy_request import Kind
from tests.api.test_console import Operator, console_app, console_parts, decided, operator, stranger

__all__ = ["console_app", "console_parts", "operator", "stranger"]


async def asked(operator: Operator, kind: Kind, received_on: date | None = None) -> str:
    async with operator.database.tenant(operator.tenant) as tx:
        claire = Contact("C-9", "Claire Martin", "claire@example.org", None, "fr")
        await save_contact(tx, operator.tenant, claire)
        today = operator.clock.at.date()
        subject = await subject_of(tx, operator.tenant, today, "C-9")
        [me] = (await tx.execute(select(person.c.id))).scalars()
        given = Asked(kind, received_on or today, "Par courrier.", f"person:{me}")
        return str((await requests.record(tx, subject, given, operator.clock.at)).id)


async def letters_of(operator: Operator) -> list[tuple[str, object]]:
    return [(row.kind, row.data.get("request")) for row in await operator.rows(letter) if row.data]


async def name(operator: Operator) -> str:
    async with operator.database.tenant(operator.tenant) as tx:
        return (await contact_of(tx, operator.tenant, "C-9")).full_name


async def test_the_page_says_what_is_due_and_what_is_late(operator: Operator) -> None:
    assert "Aucune demande." in await operator.see("/privacy")
    await asked(operator, Kind.OBJECTION, date(2031, 1, 2))
    page = await operator.see("/privacy")
    for words in ("opposition (art. 21)", "en retard", "C-9", "Par courrier.", "Données"):
        assert words in page
    assert "objection (art. 21)" in await operator.see("/privacy?lang=en")


async def test_an_archive_is_prepared_and_fetched(operator: Operator) -> None:
    id = await asked(operator, Kind.ACCESS)
    assert (await operator.send(f"/privacy/{id}/export")).status_code == 303
    assert "Télécharger l’archive" in await operator.see("/privacy?lang=fr")
    answer = await operator.send(f"/privacy/{id}/archive")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "Claire Martin" in zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json").decode()
    assert await letters_of(operator) == [("export_ready", id)]


async def test_an_erasure_wants_the_reference_typed_and_a_fresh_proof(operator: Operator) -> None:
    id = await asked(operator, Kind.ERASURE)
    wrong = await operator.send(f"/privacy/{id}/erase", typed="C-8")
    assert wrong.status_code == 409
    assert await name(operator) == "Claire Martin"
    operator.clock.forward(minutes=10)
    stale = await operator.send(f"/privacy/{id}/erase", typed="C-9")
    assert stale.headers["location"].startswith("/console/confirm")
    assert await name(operator) == "Claire Martin"
    operator.clock.forward(minutes=-10)
    assert (await operator.send(f"/privacy/{id}/erase", typed="C-9")).status_code == 303
    assert await name(operator) == ""
    assert "faite" in await operator.see("/privacy?lang=fr")
    assert await letters_of(operator) == [("erasure_done", id)]


async def test_a_refusal_needs_a_reason_and_the_page_a_permission(operator: Operator) -> None:
    id = await asked(operator, Kind.ERASURE)
    assert (await operator.send(f"/privacy/{id}/refuse")).status_code == 422
    assert (await operator.send(f"/privacy/{id}/refuse", reason="Contrat en cours")).status_code == 303
    async with operator.database.tenant(operator.tenant) as tx:
        [row] = (await tx.execute(select(privacy_request))).all()
    assert (row.state, row.answer) == ("refused", "Contrat en cours")
    await operator.becomes("operator")
    assert (await operator.http.get("/console/privacy")).status_code == 403
    assert "/console/privacy" not in await operator.see("/")


async def test_a_case_of_who_was_erased_is_still_shown(operator: Operator) -> None:
    """Its figures are there, its words are not."""
    id = await asked(operator, Kind.ERASURE)
    async with operator.database.tenant(operator.tenant) as tx:
        contract = ServiceContract(
            "K-1", "C-9", Level.SILVER, date(2030, 5, 1), date(2031, 4, 30), 0, False, Money("EUR", 48000)
        )
        await renewal.sign(tx, operator.tenant, contract, operator.clock.at)
        case = operator.case("K-1.20310430")
        await renewal.end_term(tx, case, "lapsed", operator.clock.at)
    await operator.reviewed("K-1.20310430", decided(closes="lapsed"))
    await operator.alerted("K-1.20310430")
    assert (await operator.send(f"/privacy/{id}/erase", typed="C-9")).status_code == 303
    today = operator.clock.at.date()
    for asked_ in ("", f"?on={today}", f"?on={today}&message=maintenance/renewal/notice"):
        page = await operator.see(f"/cases/maintenance.renewal/K-1.20310430{asked_}")
        assert "La loi le demande." not in page
        assert "Appeler le client" not in page
    await operator.see("/")
    await operator.see("/cases?state=all")
    page = await operator.see("/privacy?lang=fr")
    assert "<code>service_contract</code> jusqu’au" in page.replace("\u00a0", " ")
