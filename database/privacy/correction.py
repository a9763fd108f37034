"""A corrected contact, wherever a copy of the old values would still act."""

from sqlalchemy import insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared.contacts import Contact
from database.shared.tables import message, opt_out, person
from domain.message import Channel, MessageState

NOT_SENT = (MessageState.PENDING,)


async def correct(tx: AsyncConnection, tenant: str, before: Contact, after: Contact) -> None:
    """Messages that wait go to the new address; an objection follows the person; who signs in has the name.

    The address that a person signs in with is changed by who may change people alone: a contact's is not
    proof enough to let somebody in. What was sent and issued stays as it was.
    """
    for channel in Channel:
        old, new = before.address(channel), after.address(channel)
        if old and new and old != new:
            await _readdress(tx, tenant, after.ref, channel, new)
            await _object_still(tx, tenant, channel, old, new)
    if before.full_name != after.full_name:
        mine = (person.c.tenant_id == tenant, person.c.contact_ref == after.ref)
        named = update(person).where(*mine, person.c.full_name == before.full_name)
        await tx.execute(named.values(full_name=after.full_name))


async def _readdress(tx: AsyncConnection, tenant: str, ref: str, channel: str, new: str) -> None:
    mine = (message.c.tenant_id == tenant, message.c.contact_ref == ref, message.c.channel == channel)
    waiting = update(message).where(*mine, message.c.state.in_(NOT_SENT))
    await tx.execute(waiting.values(address=new))


async def _object_still(tx: AsyncConnection, tenant: str, channel: str, old: str, new: str) -> None:
    known = select(opt_out.c.address).where(
        opt_out.c.tenant_id == tenant, opt_out.c.channel == channel, opt_out.c.address == new
    )
    said = select(
        opt_out.c.tenant_id, opt_out.c.channel, literal(new), opt_out.c.reason, opt_out.c.at
    ).where(
        opt_out.c.tenant_id == tenant, opt_out.c.channel == channel, opt_out.c.address == old,
        ~known.exists(),
    )  # fmt: skip
    names = ["tenant_id", "channel", "address", "reason", "at"]
    await tx.execute(insert(opt_out).from_select(names, said))
