"""The lists of money on its way: agents, deposits, lines of statements, what was kept aside."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.sql import and_

from database.fleet.cash_tables import (
    cash_agent,
    cash_deposit,
    kept_aside,
    operator_statement,
    statement_line,
)
from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import contact, ledger_month
from domain.decision import Bilingual
from domain.table import Column, Kind

SOURCES: Mapping[str, Bilingual] = {
    "contracts": Bilingual("contrats", "contracts"), "payments": Bilingual("paiements", "payments"),
    "swaps": Bilingual("échanges", "swaps"), "webhook": Bilingual("mobile money", "mobile money"),
}  # fmt: skip
KEPT_STATES: Mapping[str, Bilingual] = {
    "open": Bilingual("à corriger", "to be corrected"), "replayed": Bilingual("repris", "replayed"),
    "dismissed": Bilingual("écarté", "dismissed"),
}  # fmt: skip
LINE_STATES: Mapping[str, Bilingual] = {
    "matched": Bilingual("rapproché", "matched"), "unmatched": Bilingual("sans paiement", "unmatched"),
    "differs": Bilingual("autre montant", "another amount"),
    "double": Bilingual("double possible", "suspected double"), "resolved": Bilingual("réglé", "resolved"),
    "dismissed": Bilingual("écarté", "dismissed"),
}  # fmt: skip
LINE_TONES = {
    "matched": "good", "unmatched": "late", "differs": "late", "double": "near", "resolved": "good",
    "dismissed": "off",
}  # fmt: skip

STATE = Bilingual("État", "State")
AMOUNT = Bilingual("Montant", "Amount")
AGENT = Bilingual("Agent", "Agent")
NAME = Bilingual("Nom", "Name")
FROM, UNTIL = Bilingual("Du", "From"), Bilingual("Au", "Until")


def _kept(scope: Scope) -> Select[Any]:
    of = kept_aside.c
    return select(
        of.at, of.id, of.source, of.ref, of.origin,
        of.mistakes[0]["problem"].astext.label("problem"), of.state, of.result_ref,
        cast(of.given, Text).label("given"), func.split_part(of.origin, ":", 1).label("file"),
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


KEPT = Listing(
    "kept-aside", Bilingual("Mis de côté", "Kept aside"),
    (
        Column("at", Bilingual("Arrivé", "Came in"), Kind.INSTANT),
        Column("source", Bilingual("De", "From"), words=SOURCES),
        Column("ref", Bilingual("Référence", "Reference")),
        Column("problem", Bilingual("Ce qui ne va pas", "What is wrong")),
        Column("state", STATE, words=KEPT_STATES), Column("result_ref", Bilingual("Devenu", "Became")),
        Column("id", Bilingual("Numéro", "Number")),
    ),
    _kept, "id", "-at", "imports:write",
    filters=(
        Filter("text", Bilingual("Texte", "Text"), Ask.TEXT, ("ref", "given", "origin")),
        Filter("state", STATE, Ask.IS, ("state",), KEPT_STATES),
        Filter("source", Bilingual("De", "From"), Ask.IS, ("source",), SOURCES),
        Filter("file", Bilingual("Fichier", "File"), Ask.IS, ("file",), hidden=True),
    ),
    sorts=("at",), links={"at": "/kept-aside/{id}", "ref": "/kept-aside/{id}"},
    presets={"state=open": Bilingual("À corriger", "To be corrected")},
    tones={"state": {"open": "late", "replayed": "good", "dismissed": "off"}}, wide=("id", "result_ref"),
)  # fmt: skip


def _lines(scope: Scope) -> Select[Any]:
    of, head = statement_line.c, operator_statement.c
    join = statement_line.join(
        operator_statement, and_(head.tenant_id == of.tenant_id, head.id == of.statement_id)
    )
    place = of.statement_id + "~" + func.to_char(of.line, "FM0000000")
    return (
        select(
            place.label("place"), of.occurred_at, head.operator, of.statement_id, of.line, of.transaction_id,
            of.amount_minor.label("amount"), of.currency, of.contract_hint, of.payment_ref, of.twin_ref,
            of.state, of.note,
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


LINES = Listing(
    "reconciliation", Bilingual("Rapprochement", "Reconciliation"),
    (
        Column("occurred_at", Bilingual("Quand", "When"), Kind.INSTANT),
        Column("operator", Bilingual("Opérateur", "Operator")),
        Column("transaction_id", Bilingual("Transaction", "Transaction")),
        Column("amount", AMOUNT, Kind.MONEY), Column("state", STATE, words=LINE_STATES),
        Column("payment_ref", Bilingual("Paiement", "Payment")),
        Column("contract_hint", Bilingual("Contrat indiqué", "Contract named")),
        Column("twin_ref", Bilingual("Ressemble à", "Looks like")), Column("note", Bilingual("Note", "Note")),
    ),
    _lines, "place", "-occurred_at", "fleet:read",
    filters=(
        Filter("text", Bilingual("Transaction ou contrat", "Transaction or contract"), Ask.TEXT,
               ("transaction_id", "contract_hint", "payment_ref")),
        Filter("state", STATE, Ask.IS, ("state",), LINE_STATES),
        Filter("from", FROM, Ask.SINCE, ("occurred_at",)),
        Filter("until", UNTIL, Ask.UNTIL, ("occurred_at",)),
        Filter("statement", Bilingual("Relevé", "Statement"), Ask.IS, ("statement_id",), hidden=True),
    ),
    sorts=("occurred_at", "amount"),
    links={
        "transaction_id": "/reconciliation/{statement_id}/{line}",
        "payment_ref": "/payments/{payment_ref}", "twin_ref": "/payments/{twin_ref}",
    },
    presets={
        "state=unmatched": Bilingual("Sans paiement", "Unmatched"),
        "state=double": Bilingual("Doubles possibles", "Suspected doubles"),
    },
    tones={"state": LINE_TONES}, wide=("operator", "note"),
)  # fmt: skip


def _agents(scope: Scope) -> Select[Any]:
    """What an agent holds is the balance of their hand."""
    of, who, kept = cash_agent.c, contact.c, ledger_month.c
    held = select(func.sum(kept.debit_minor - kept.credit_minor)).where(
        kept.tenant_id == of.tenant_id, kept.account == "cash_in_hand", kept.subject == of.ref
    )
    holds = func.coalesce(held.scalar_subquery(), 0)
    return (
        select(
            of.ref, who.full_name.label("agent"), who.sorting_name, of.contact_ref, of.agency_ref,
            holds.label("held"), of.ceiling_minor.label("ceiling"), of.currency, of.opened_on, of.closed_on,
        )
        .select_from(cash_agent.join(contact, and_(who.tenant_id == of.tenant_id, who.ref == of.contact_ref)))
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


AGENTS = Listing(
    "agents", Bilingual("Agents de caisse", "Cash agents"),
    (
        Column("agent", NAME), Column("ref", AGENT), Column("agency_ref", Bilingual("Agence", "Agency")),
        Column("held", Bilingual("En main", "In hand"), Kind.MONEY),
        Column("ceiling", Bilingual("Plafond", "Ceiling"), Kind.MONEY),
        Column("opened_on", Bilingual("Depuis", "Since"), Kind.DATE),
        Column("closed_on", Bilingual("Fermé le", "Closed on"), Kind.DATE),
    ),
    _agents, "ref", "-held", "fleet:read",
    filters=(
        Filter("text", Bilingual("Nom ou référence", "Name or reference"), Ask.TEXT, ("agent", "ref")),
    ),
    sorts=("agent", "held", "ceiling"),
    links={
        "agent": "/agents/{ref}", "ref": "/agents/{ref}", "agency_ref": "/agencies/{agency_ref}",
    },
    wide=("opened_on", "closed_on"), names={"agent": "sorting_name"},
)  # fmt: skip


def _deposits(scope: Scope) -> Select[Any]:
    of = cash_deposit.c
    return select(
        of.deposited_at, of.ref, of.agent_ref, of.amount_minor.label("amount"), of.currency, of.bank_ref,
        of.by, of.reversed_at,
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


DEPOSITS = Listing(
    "deposits", Bilingual("Dépôts en banque", "Bank deposits"),
    (
        Column("deposited_at", Bilingual("Quand", "When"), Kind.INSTANT),
        Column("ref", Bilingual("Dépôt", "Deposit")), Column("agent_ref", AGENT),
        Column("amount", AMOUNT, Kind.MONEY), Column("bank_ref", Bilingual("Bordereau", "Bank slip")),
        Column("reversed_at", Bilingual("Annulé", "Reversed"), Kind.INSTANT),
    ),
    _deposits, "ref", "-deposited_at", "fleet:read",
    filters=(
        Filter("agent", AGENT, Ask.IS, ("agent_ref",)),
        Filter("from", FROM, Ask.SINCE, ("deposited_at",)),
        Filter("until", UNTIL, Ask.UNTIL, ("deposited_at",)),
    ),
    sorts=("deposited_at", "amount"), links={"agent_ref": "/agents/{agent_ref}"}, wide=("reversed_at",),
)  # fmt: skip
