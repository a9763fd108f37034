"""A training broker in Lyon: budgets of large clients, consumed by sessions."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.identifiers import iban, siren
from database.shared.contacts import save_contact
from database.training.clients import create_client
from database.training.projects import create_project
from database.training.sessions import record_session
from domain.money import Money
from domain.training.client import Client
from domain.training.project import Project, Session, Training
from seeds.firm import Firm
from seeds.people import BUYERS, FRANCE, TEAM_LEADS, person

FIRM = Firm("formations-lyon", "Formations Lyon", "FR", "Europe/Paris", "EUR")
VAT = 20_00

CLIENTS = (
    ("ALPES-INDUSTRIE", "Alpes Industrie", "111 111 118", "FR76 3000 6000 0112 3456 7890 189",
     "12 rue du Port, 69007 Lyon", 8_00),
    ("BANQUE-CONFLUENCE", "Banque de la Confluence", "123 456 782", "FR14 2004 1010 0505 0001 3M02 606",
     "3 quai des Brumes, 69002 Lyon", 10_00),
    ("SANTE-RHONE", "Santé Rhône", "987 654 324", "FR76 3000 4000 0312 3456 7890 143",
     "40 avenue des Frères, 69008 Lyon", 6_50),
)  # fmt: skip
"""SIREN and IBAN are numbers for tests whose check digits hold; the last column is the commission."""


@dataclass(frozen=True)
class Plan:
    """``sessions``: how many days ago, what, who gave it, cost before tax in cents."""

    ref: str
    client: int
    name: str
    budget: int
    threshold: int | Decimal
    sessions: tuple[tuple[int, str, str, int], ...]


PLANS = (
    # 78 % of the budget: the next session reaches the threshold of 80 %.
    Plan("CYBER", 0, "Cybersécurité pour tous", 40_000_00, Decimal(80), (
        (95, "Reconnaître un courriel frauduleux", "Rempart Formation", 9_600_00),
        (54, "Mots de passe et accès", "Rempart Formation", 9_600_00),
        (20, "Réagir à un incident", "Cellule Nord", 12_000_00),
    )),
    # The session of today reaches the threshold: the first review opens a fund call.
    Plan("MANAGEMENT", 1, "Management de proximité", 30_000_00, Decimal(75), (
        (70, "Conduire un entretien annuel", "Cap Équipe", 8_400_00),
        (33, "Donner et recevoir un retour", "Cap Équipe", 7_900_00),
        (0, "Animer une équipe à distance", "Atelier Saône", 7_200_00),
    )),
    Plan("GESTES", 2, "Gestes et postures", 18_000_00, 15_000_00, (
        (62, "Manutention des patients", "Dos Léger", 4_300_00),
        (12, "Aménager son poste", "Dos Léger", 2_750_00),
    )),
    Plan("ANGLAIS", 1, "Anglais professionnel", 24_000_00, Decimal("70.5"), (
        (41, "Mener une réunion en anglais", "Passerelle Langues", 4_800_00),
    )),
)  # fmt: skip


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> str:
    for number, (client, buyer) in enumerate(zip(CLIENTS, BUYERS, strict=True), start=1):
        await save_contact(tx, firm.id, person(f"AC-{number}", buyer, FRANCE, 500 + number))
        ref, name, its_siren, its_iban, address, commission = client
        known = Client(ref, name, siren(its_siren), iban(its_iban), address, f"AC-{number}", commission)
        await create_client(tx, firm.id, known)
    for number, (plan, lead) in enumerate(zip(PLANS, TEAM_LEADS, strict=True), start=1):
        await save_contact(tx, firm.id, person(f"RF-{number}", lead, FRANCE, 600 + number))
        await _run(tx, firm, plan, f"RF-{number}", on)
    sessions = sum(len(plan.sessions) for plan in PLANS)
    return f"{len(CLIENTS)} clients, {len(PLANS)} projects, {sessions} sessions"


async def _run(tx: AsyncConnection, firm: Firm, plan: Plan, lead: str, on: date) -> None:
    starts_on = on - timedelta(days=120)
    given = Project(
        plan.ref, CLIENTS[plan.client][0], plan.name, Money(firm.currency, plan.budget),
        Money(firm.currency, plan.threshold) if isinstance(plan.threshold, int) else plan.threshold,
        starts_on, (lead, f"AC-{plan.client + 1}"),
    )  # fmt: skip
    await create_project(tx, firm.id, given, firm.at(starts_on, 9))
    for number, (days_ago, title, provider, cost) in enumerate(plan.sessions, start=1):
        held_on = on - timedelta(days=days_ago)
        training = Training(1, title, provider, Money(firm.currency, cost), VAT)
        session = Session(f"{plan.ref}-{number}", held_on, "Lyon", (training,))
        await record_session(tx, firm.id, plan.ref, session, firm.at(held_on))
