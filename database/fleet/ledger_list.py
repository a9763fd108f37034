"""The entries of the ledger about one subject, as a list, and what the accounts are called."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.sql import and_

from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import ledger_entry, ledger_transaction
from domain.decision import Bilingual
from domain.table import Column, Kind

ACCOUNTS: Mapping[str, Bilingual] = {
    "driver_receivable": Bilingual("Créances sur conducteurs", "Receivable from drivers"),
    "bike_sales": Bilingual("Ventes de motos", "Sales of bikes"),
    "deferred_charges": Bilingual("Frais à répartir", "Deferred charges"),
    "charges_earned": Bilingual("Frais acquis", "Charges earned"),
    "cash:mobile_money": Bilingual("Caisse mobile money", "Cash, mobile money"),
    "cash:bank": Bilingual("Banque", "Cash, bank"),
    "cash:cash": Bilingual("Espèces", "Cash, in notes"),
    "cash_in_hand": Bilingual("Espèces chez les agents", "Cash held by agents"),
    "swap_revenue": Bilingual("Recettes d’échanges", "Revenue of swaps"),
    "bikes": Bilingual("Motos achetées", "Bikes bought"),
    "bike_cost": Bilingual("Charges de motos", "Costs of bikes"),
    "station_cost": Bilingual("Charges de stations", "Costs of stations"),
    "agency_cost": Bilingual("Charges d’agences", "Costs of agencies"),
    "fleet_cost": Bilingual("Charges de la flotte", "Costs of the fleet"),
    "investor_capital": Bilingual("Apports d’investisseurs", "Capital of investors"),
    "investor_share": Bilingual("Parts des investisseurs", "Investors’ share"),
    "investor_payable": Bilingual("Dû aux investisseurs", "Payable to investors"),
    "bad_debt": Bilingual("Créances perdues", "Bad debt"),
    "repossessed_bikes": Bilingual("Motos reprises", "Repossessed bikes"),
}
SIDES: Mapping[str, Bilingual] = {
    "debit": Bilingual("débit", "debit"), "credit": Bilingual("crédit", "credit"),
}  # fmt: skip
SUBJECT = Bilingual("Objet", "Subject")
ACCOUNT = Bilingual("Compte", "Account")
DAY = Bilingual("Jour", "Day")


def _entries(scope: Scope) -> Select[Any]:
    """The amounts stand in two columns, as bookkeepers read them."""
    of, head = ledger_entry.c, ledger_transaction.c
    join = ledger_entry.join(
        ledger_transaction, and_(head.tenant_id == of.tenant_id, head.id == of.transaction_id)
    )
    place = func.to_char(of.transaction_id, "FM000000000000000") + "-" + func.to_char(of.line, "FM0000")
    return (
        select(
            place.label("place"), head.posted_on, of.account, of.subject, head.description, head.key,
            case((of.amount_minor > 0, of.amount_minor)).label("debit"),
            case((of.amount_minor < 0, -of.amount_minor)).label("credit"), of.currency,
            case((of.amount_minor > 0, literal("debit")), else_=literal("credit")).label("side"),
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


ENTRIES = Listing(
    "ledger", Bilingual("Écritures", "Entries"),
    (
        Column("posted_on", DAY, Kind.DATE), Column("account", ACCOUNT, words=ACCOUNTS),
        Column("subject", SUBJECT), Column("description", Bilingual("Libellé", "Description")),
        Column("debit", Bilingual("Débit", "Debit"), Kind.MONEY),
        Column("credit", Bilingual("Crédit", "Credit"), Kind.MONEY),
    ),
    _entries, "place", "-posted_on", "fleet:read",
    filters=(
        Filter("subject", SUBJECT, Ask.IS, ("subject",)),
        Filter("account", ACCOUNT, Ask.IS, ("account",), ACCOUNTS),
        Filter("side", Bilingual("Sens", "Side"), Ask.IS, ("side",), SIDES),
        Filter("from", Bilingual("Du", "From"), Ask.SINCE, ("posted_on",)),
        Filter("until", Bilingual("Au", "Until"), Ask.UNTIL, ("posted_on",)),
    ),
    sorts=("posted_on",),
)  # fmt: skip
