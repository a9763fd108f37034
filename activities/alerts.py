"""Alerts: what needs a person."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from database.session import Database
from database.shared import effects
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.effects import Done, Order
from domain.errors import BadInput


@dataclass(frozen=True)
class Alerts:
    database: Database

    @activity.defn(name="alerts.raise")
    async def raise_alert(self, order: Order) -> Done:
        async with self.database.tenant(order.case.tenant) as tx:
            await effects.raise_alert(tx, order.case, order.step, order.at)
        return Done()


async def raise_unknown(tx: AsyncConnection, order: Order) -> None:
    """A message may or may not have been sent and the provider cannot tell: a person decides."""
    title = Bilingual(
        "Message au sort inconnu : vérifier auprès du destinataire avant de renvoyer",
        "Message of unknown fate: check with the recipient before sending again",
    )
    await _raise(tx, order, f"{order.step.key}:unknown", title)


async def raise_undeliverable(tx: AsyncConnection, order: Order) -> None:
    """Every channel was tried and refused for good: a person finds another way."""
    title = Bilingual(
        "Message non remis : aucun canal ne fonctionne pour ce destinataire",
        "Message not delivered: no channel works for this recipient",
    )
    await _raise(tx, order, f"{order.step.key}:undeliverable", title)


async def raise_without_recipient(tx: AsyncConnection, order: Order) -> None:
    """A contact that the case names is not known any more, or it names none."""
    title = Bilingual(
        "Message sans destinataire : le contact du dossier n’est pas enregistré",
        "Message without a recipient: the case's contact is not on record",
    )
    await _raise(tx, order, f"{order.step.key}:without_recipient", title)


async def raise_unwritable(tx: AsyncConnection, order: Order, wrong: BadInput) -> None:
    """The template of a message cannot be rendered with the case's facts."""
    title = Bilingual(f"Modèle à corriger : {wrong}", f"Template to mend: {wrong}")
    await _raise(tx, order, f"{order.step.key}:unwritable", title)


async def raise_blocked_channel(tx: AsyncConnection, order: Order, channel: str) -> None:
    """The provider refuses our account: nothing goes out on the channel until someone mends it."""
    title = Bilingual(
        f"Canal {channel} bloqué : le fournisseur refuse notre compte",
        f"Channel {channel} blocked: the provider refuses our account",
    )
    day = local_date(order.at, order.case.zone)
    await _raise(tx, order, f"platform.channel:{channel}:blocked:{day}", title)


async def _raise(tx: AsyncConnection, order: Order, key: str, title: Bilingual) -> None:
    day = local_date(order.at, order.case.zone)
    step = Step("provider", "alert", key, day, to="operations", title=title)
    await effects.raise_alert(tx, order.case, step, order.at)
