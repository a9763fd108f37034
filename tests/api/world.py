"""A tenant with two of everything, each of them another person's own; and a tenant with nothing."""

from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from activities.fleet.score import DriverScores
from database.session import Database
from domain.file import NewFile
from tests.api.conftest import Caller, Clock, new_caller
from tests.api.planning_samples import PLANS, TECHNICIANS, VISITS, moves, technician, visit
from tests.api.samples import (
    CONTRACTS,
    DELIVERABLES,
    PAYMENTS,
    PROJECTS,
    SESSION,
    contract,
    eur,
    paid,
    signed,
    xaf,
)
from tests.ground import PUBLIC

MINE, THEIRS = "Oriane", "Bertille"
"""Stand in the names of contacts, clients, projects, companies, titles and files of the two people."""

EXISTING = {
    "/v1/contacts/{ref}": "X-{n}", "/v1/fleet/contracts/{ref}": "C-{n}", "/v1/fleet/payments/{ref}": "P-{n}",
    "/v1/training/clients/{ref}": "CL-{n}", "/v1/training/projects/{ref}": "PR-{n}",
    "/v1/training/sessions/{ref}": "SE-{n}", "/v1/maintenance/contracts/{ref}": "K-{n}",
    "/v1/internships/placements/{ref}": "S-{n}", "/v1/internships/deliverables/{ref}": "R-{n}",
    "/v1/fleet/investor-contracts/{ref}": "IC-{n}", "/v1/fleet/payouts/{ref}": "V-{n}",
    "/v1/fleet/drivers/{ref}": "X-{n}", "/v1/files/{ref}": "{file}",
    "/v1/planning/technicians/{ref}": "TE-{n}", "/v1/planning/visits/{ref}": "VI-{n}",
    "/v1/processes/{id}": "fleet.contract:C-{n}", "/v1/cases/{id}": "fleet.contract:C-{n}",
}  # fmt: skip
"""By how an address begins, what is there of the one and of the other."""

A_WEEK = {"since": "2031-03-03", "until": "2031-03-09"}
NEEDED = {
    "/v1/fleet/payments": {"contract": "C-{n}"}, "/v1/planning/rounds": A_WEEK,
    "/v1/planning/technicians/{ref}/absences": A_WEEK, "/v1/planning/technicians/{ref}/rounds": A_WEEK,
    "/v1/planning/technicians/{ref}/calendar.ics": A_WEEK,
}  # fmt: skip
"""What a list does not answer without."""

TABLES = text(
    "select table_name from information_schema.columns where column_name = 'tenant_id' "
    "and table_schema = 'public' order by table_name"
)
ROWS = (
    "select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]') from {} t where tenant_id = :tenant"
)


@dataclass(frozen=True)
class World:
    here: Caller
    elsewhere: Caller
    files: dict[int, str]

    def names(self, known: str, number: int) -> str:
        return EXISTING[known].format(n=number, file=self.files[number])

    async def rows(self, database: Database, narrowed_to: str = "") -> dict[str, list[dict[str, object]]]:
        """Of every table of tenants, what this connection sees of the tenant."""
        async with database.tenant(self.here.tenant) as tx:
            tables = list((await tx.execute(TABLES)).scalars())
            await tx.execute(text("select set_config('app.own', :own, true)"), {"own": narrowed_to})
            given = {"tenant": self.here.tenant}
            return {name: (await tx.execute(text(ROWS.format(name)), given)).scalar_one() for name in tables}


async def two_people(app: FastAPI, database: Database, owner: Database, clock: Clock) -> World:
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC)
    here = await new_caller(http, database, owner, clock, country="CM", zone="Africa/Douala", currency="XAF")
    files = {}
    for number, name in ((1, MINE), (2, THEIRS)):
        await filled(here, number, name)
        new = NewFile(
            f"{name}.txt", "text/plain", name.encode(), "fleet.contract", f"C-{number}", "documents", "test",
            clock.at, contact=f"X-{number}",
        )  # fmt: skip
        async with database.tenant(here.tenant) as tx:
            files[number] = (await app.state.parts.files.keep(tx, here.tenant, new)).id
    await in_rounds(here)
    scores = DriverScores(database, app.state.parts.library)
    await scores.go_on(here.tenant, clock.at.date(), clock.at, lambda _done, _total: None)
    return World(here, await new_caller(http, database, owner, clock), files)


async def filled(here: Caller, n: int, name: str) -> None:
    await here.contact(f"X-{n}", full_name=f"{name} Doe")
    await here.contact(f"T-{n}", full_name=f"{name} Tutor")
    client = {
        "ref": f"CL-{n}", "name": f"{name} SARL", "siren": "732829320" if n == 1 else "552100554",
        "address": "4 rue des Lilas, Lyon", "contact_ref": f"X-{n}",
    }  # fmt: skip
    project = {
        "ref": f"PR-{n}", "client_ref": f"CL-{n}", "name": f"Hygiène {name}", "threshold_percent": "80",
        "initial_budget": eur("1000.00"), "starts_on": "2031-01-05",
    }  # fmt: skip
    placement = {
        "ref": f"S-{n}", "student_ref": f"X-{n}", "school_tutor_ref": f"T-{n}",
        "company_tutor_ref": f"T-{n}", "company": f"Atelier {name}", "starts_on": "2031-02-01",
        "ends_on": "2031-07-31",
    }  # fmt: skip
    report = {
        "ref": f"R-{n}", "placement_ref": f"S-{n}", "kind": "report", "title": f"Rapport {name}",
        "due_on": "2031-06-30",
    }  # fmt: skip
    invested = {
        "ref": f"IC-{n}", "investor_ref": f"X-{n}", "kind": "financing", "amount": xaf(400_000),
        "revenue_share_bp": 5000, "signed_on": "2031-02-01",
    }  # fmt: skip
    given_back = {
        "ref": f"V-{n}", "contract_ref": f"IC-{n}", "kind": "capital", "amount": xaf(10_000),
        "paid_on": "2031-03-01",
    }  # fmt: skip
    for path, saved in (
        (f"{TECHNICIANS}/TE-{n}", technician(f"X-{n}", per_hour=None, overtime_per_hour=None, per_km=None)),
        (f"{TECHNICIANS}/TE-{n}/absences/2031-03-05", {"ends_on": "2031-03-06"}),
        (f"{VISITS}/VI-{n}", visit(contact_ref=f"X-{n}", work=f"Entretien {name}")),
    ):  # fmt: skip
        answer = await here.put(path, json=saved)
        assert answer.is_success, (path, answer.text)
    for path, body in (
        (CONTRACTS, signed(f"C-{n}", driver_ref=f"X-{n}")),
        (PAYMENTS, paid(f"P-{n}", contract_ref=f"C-{n}")),
        (f"{CONTRACTS}/C-{n}/bike", {"bike_ref": f"M-{n}", "reason": "In repair."}),
        ("/v1/fleet/investor-contracts", invested), ("/v1/fleet/payouts", given_back),
        ("/v1/training/clients", client), (PROJECTS, project),
        (f"{PROJECTS}/PR-{n}/sessions", {**SESSION, "ref": f"SE-{n}"}),
        ("/v1/maintenance/contracts", contract(f"K-{n}", customer_ref=f"X-{n}")),
        ("/v1/internships/placements", placement), (DELIVERABLES, report),
    ):  # fmt: skip
        answer = await here.post(path, json=body)
        assert answer.is_success, (path, answer.text)


async def in_rounds(here: Caller) -> None:
    """Each technician drives to the customer that they are."""
    plan = (await here.post(PLANS, json={"days": 1, "seconds": 0})).json()
    await moves(here, plan["id"], *((f"VI-{n}", f"TE-{n}", plan["first_on"]) for n in (1, 2)))
    assert (await here.post(f"{PLANS}/{plan['id']}/accept", json={})).is_success
