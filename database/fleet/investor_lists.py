"""The lists of investors: their contracts, statements and payouts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.sql import and_

from database.fleet.investor_tables import (
    financing_share,
    investor_contract,
    investor_payout,
    investor_statement,
)
from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import contact
from domain.decision import Bilingual
from domain.table import Column, Kind

KINDS: Mapping[str, Bilingual] = {
    "purchase": Bilingual("achat", "purchase"), "financing": Bilingual("financement", "financing"),
}  # fmt: skip
STATES: Mapping[str, Bilingual] = {
    "draft": Bilingual("projet", "draft"), "active": Bilingual("en cours", "active"),
    "completed": Bilingual("terminé", "completed"), "terminated": Bilingual("résilié", "terminated"),
}  # fmt: skip
TONES = {"draft": "near", "active": "plain", "completed": "good", "terminated": "off"}

INVESTOR = Bilingual("Investisseur", "Investor")
CONTRACT = Bilingual("Contrat", "Contract")
STATE = Bilingual("État", "State")
SIGNED = Bilingual("Signé le", "Signed on")


def _investors(scope: Scope) -> Select[Any]:
    """What was earned is what statements say, what was paid the payouts that stand."""
    of, part, who = investor_contract.c, financing_share.c, contact.c
    bikes = select(func.count(func.distinct(part.bike_ref))).where(
        part.tenant_id == of.tenant_id, part.contract_ref == of.ref, part.from_on <= scope.day,
        func.coalesce(part.until_on, scope.day) >= scope.day,
    )  # fmt: skip
    told = investor_statement.c
    earned = select(func.sum(told.share_minor)).where(
        told.tenant_id == of.tenant_id, told.contract_ref == of.ref
    )
    gone = investor_payout.c
    paid = select(func.sum(gone.amount_minor)).where(
        gone.tenant_id == of.tenant_id, gone.contract_ref == of.ref, gone.reversed_at.is_(None)
    )
    return (
        select(
            of.ref, who.full_name.label("investor"), who.sorting_name, of.investor_ref, of.kind, of.state,
            of.signed_on, of.ends_on, of.amount_minor.label("amount"), of.currency, of.revenue_share_bp,
            bikes.scalar_subquery().label("bikes"),
            func.coalesce(earned.scalar_subquery(), 0).label("earned"),
            func.coalesce(paid.scalar_subquery(), 0).label("paid"),
        )
        .select_from(
            investor_contract.join(contact, and_(who.tenant_id == of.tenant_id, who.ref == of.investor_ref))
        )
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


INVESTORS = Listing(
    "investors", Bilingual("Investisseurs", "Investors"),
    (
        Column("ref", CONTRACT), Column("investor", INVESTOR),
        Column("kind", Bilingual("Forme", "Kind"), words=KINDS), Column("state", STATE, words=STATES),
        Column("signed_on", SIGNED, Kind.DATE), Column("bikes", Bilingual("Motos", "Bikes"), Kind.INT),
        Column("amount", Bilingual("Apport", "Capital"), Kind.MONEY),
        Column("earned", Bilingual("Part acquise", "Share earned"), Kind.MONEY),
        Column("paid", Bilingual("Versé", "Paid out"), Kind.MONEY),
    ),
    _investors, "ref", "ref", "fleet:read",
    filters=(
        Filter("text", Bilingual("Nom ou référence", "Name or reference"), Ask.TEXT,
               ("ref", "investor", "investor_ref")),
        Filter("state", STATE, Ask.IS, ("state",), STATES),
        Filter("investor", INVESTOR, Ask.IS, ("investor_ref",), hidden=True),
    ),
    sorts=("ref", "investor", "signed_on", "amount", "earned"),
    links={"ref": "/investors/{ref}", "investor": "/investors/{ref}"},
    presets={"state=active": Bilingual("En cours", "Active")}, tones={"state": TONES},
    wide=("kind", "signed_on"), names={"investor": "sorting_name"},
)  # fmt: skip


def _statements(scope: Scope) -> Select[Any]:
    of, agreed, who = investor_statement.c, investor_contract.c, contact.c
    join = investor_statement.join(
        investor_contract, and_(agreed.tenant_id == of.tenant_id, agreed.ref == of.contract_ref)
    ).join(contact, and_(who.tenant_id == of.tenant_id, who.ref == agreed.investor_ref))
    place = of.contract_ref + "~" + func.to_char(of.month_on, "YYYY-MM")
    return (
        select(
            place.label("place"), of.month_on, of.contract_ref, who.full_name.label("investor"), of.bikes,
            of.collected_minor.label("collected"), of.share_minor.label("share"),
            of.payable_minor.label("payable"), of.paid_minor.label("paid"), of.due_on, of.currency,
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


STATEMENTS = Listing(
    "investor-statements", Bilingual("Relevés des investisseurs", "Investors’ statements"),
    (
        Column("month_on", Bilingual("Mois", "Month"), Kind.DATE), Column("contract_ref", CONTRACT),
        Column("investor", INVESTOR), Column("bikes", Bilingual("Motos", "Bikes"), Kind.INT),
        Column("collected", Bilingual("Encaissé", "Collected"), Kind.MONEY),
        Column("share", Bilingual("Part", "Share"), Kind.MONEY),
        Column("payable", Bilingual("À verser", "Payable"), Kind.MONEY),
        Column("due_on", Bilingual("Versement dû le", "Payout due on"), Kind.DATE),
    ),
    _statements, "place", "-month_on", "fleet:read",
    filters=(
        Filter("contract", CONTRACT, Ask.IS, ("contract_ref",)),
        Filter("from", Bilingual("Depuis", "Since"), Ask.SINCE, ("month_on",)),
    ),
    sorts=("month_on", "share", "payable", "due_on"),
    links={"contract_ref": "/investors/{contract_ref}", "investor": "/investors/{contract_ref}"},
    wide=("bikes",),
)  # fmt: skip
