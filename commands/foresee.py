"""`echeance foresee`: a contract's life to come, lived by the workers and told in the terminal."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from adapters.durable.client import DurableRules
from commands.operator import in_folder, operator, settings_for
from commands.progress import INTERRUPTED, progress
from commands.words import Voice, as_json, in_language
from database.fleet import foreseeing
from database.fleet.foreseeing import Books
from database.fleet.queries import contract_of
from database.session import Database
from database.shared import foresights
from database.shared.foresights import Foresight
from database.shared.jobs import DONE
from domain.errors import BadInput, Mistake
from domain.fleet.foresight import Assumption, Kind
from domain.money import parse_money
from rules.library import Library
from settings import Settings

LOOK_AGAIN = 0.5
BOOK = click.Path(path_type=Path, exists=True, dir_okay=False)
FIGURES = (
    ("messages", ("messages", "messages")), ("calls", ("appels", "calls")),
    ("suspensions", ("suspensions", "suspensions")), ("alerts", ("alertes", "alerts")),
    ("payments", ("paiements", "payments")),
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    settings: Settings
    tenant: str
    contract: str
    kind: Kind
    seed: int
    payments: Sequence[str]
    until: date | None
    books: Books


@click.command()
@click.argument("contract")
@in_folder
@click.option("--tenant", required=True)
@click.option(
    "--as",
    "kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.SO_FAR.value,
    show_default=True,
    help="What the driver pays from now on.",
)
@click.option("--pay", "payments", multiple=True, metavar="DAY=AMOUNT", help="With `--as given`.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of `as_so_far`.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Some weeks after the last due if left out.")
@click.option("--draft", "drafts", multiple=True, type=BOOK, help="A book to put beside those in force.")
@in_language
@as_json
def foresee(
    contract: str, data: Path, tenant: str, kind: str, payments: tuple[str, ...], seed: int,
    until: datetime | None, drafts: tuple[Path, ...], lang: str, machine: bool,
) -> None:  # fmt: skip
    """Show the life to come of CONTRACT. Nothing is sent, and the contract itself is not touched."""
    voice, settings = Voice(lang, machine), settings_for(data)
    books = voice.mend_or_fail(lambda: _checked(settings, drafts)) if drafts else Books({})
    ends = until.date() if until else None
    order = Order(settings, tenant, contract, Kind(kind), seed, payments, ends, books)
    try:
        found = voice.mend_or_fail(lambda: asyncio.run(_foreseen(voice, order)))
    except KeyboardInterrupt:
        voice.problem("interrompu ; l’anticipation est arrêtée", "interrupted; the foresight is stopped")
        raise SystemExit(INTERRUPTED) from None
    voice.data({"id": found.id, "state": found.state, "problem": found.problem, "result": found.result})
    if found.state != DONE:
        voice.problem(f"{found.state} : {found.problem}", f"{found.state}: {found.problem}")
        raise SystemExit(1)
    _tell(voice, found)


def _checked(settings: Settings, drafts: Sequence[Path]) -> Books:
    """Raises BrokenBook."""
    engine = DurableRules()
    try:
        library = Library.load(settings.rules_folder, engine)
        texts = [path.read_text("utf-8") for path in drafts]
        return Books({library.check(text).name: text for text in texts})
    finally:
        engine.close()


async def _foreseen(voice: Voice, order: Order) -> Foresight:
    """Raises NotFound, Conflict, BadInput. Who interrupts it stops it."""
    database = Database(order.settings.database_url, pool_size=2)
    id = ""
    try:
        id = await _begin(database, order)
        with progress(voice, order.contract) as tell:
            while (found := await _look(database, order.tenant, id)).is_open:
                tell(found.done, found.total)
                await asyncio.sleep(LOOK_AGAIN)
        return found
    except asyncio.CancelledError:
        if id:
            async with database.tenant(order.tenant) as tx:
                await foresights.stop(tx, order.tenant, operator(), id)
        raise
    finally:
        await database.close()


async def _begin(database: Database, order: Order) -> str:
    async with database.tenant(order.tenant) as tx:
        now = datetime.now(UTC)
        currency = (await contract_of(tx, order.tenant, order.contract)).contract.terms.price.currency
        assumption = Assumption(order.kind, order.seed, tuple(_paid(one, currency) for one in order.payments))
        wish = await foreseeing.of_contract(
            tx, order.tenant, order.contract, assumption, order.books, now, order.until
        )
        return (await foresights.begin(tx, order.tenant, operator(), wish, now)).id


async def _look(database: Database, tenant: str, id: str) -> Foresight:
    async with database.tenant(tenant) as tx:
        return await foresights.foresight_of(tx, tenant, id)


def _paid(text: str, currency: str) -> tuple[date, int]:
    """Raises BadInput."""
    day, _, amount = text.partition("=")
    try:
        return date.fromisoformat(day), parse_money(amount, currency, "--pay").minor
    except ValueError:
        mend = "write it as 2031-03-05=10000"
        raise BadInput(Mistake("--pay", f"{text[:40]!r} cannot be read", mend)) from None


def _tell(voice: Voice, found: Foresight) -> None:
    """Day by day what is said and decided, then the sums beside each other."""
    futures: Sequence[dict[str, Any]] = (found.result or {}).get("futures", ())
    for future in futures:
        voice.say(f"— {future['future']}", f"— {future['future']}", "bold")
        rows = [line for day in future["days"] for one in day["happened"] if (line := _line(voice, day, one))]
        voice.table((("jour", "day"), ("heure", "time"), ("quoi", "what"), ("", "")), rows)
    names = tuple((future["future"], future["future"]) for future in futures)
    sums = [[voice.of(*said), *(future["totals"][name] for future in futures)] for name, said in FIGURES]
    voice.table((("en tout", "in all"), *names), sums)


def _line(voice: Voice, day: dict[str, Any], one: dict[str, Any]) -> list[Any] | None:
    match one["kind"]:
        case "message":
            return [day["on"], one["at"], one["channel"], one["text"] or one["subject"]]
        case "alert":
            return [day["on"], one["at"], one["what"], voice.of(one["title"]["fr"], one["title"]["en"])]
        case "decision":
            why = one["reasons"][0]["why"] if one["reasons"] else {"fr": "", "en": ""}
            return [day["on"], one["at"], one["closes"] or one["stage"], voice.of(why["fr"], why["en"])]
        case "payment":
            return [day["on"], one["at"], voice.of("paiement", "payment"), one["minor"]]
    return None
