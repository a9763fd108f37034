"""What a driver sees of a contract over the API: what is theirs, and nothing of whoever drove it before."""

from datetime import date

from api.commands import Reading
from database.fleet.queries import taken_over_on
from domain.fleet.references import FIRST_YEAR
from domain.principal import Extent

EVER = date(FIRST_YEAR, 1, 1)


def sees_all(here: Reading) -> bool:
    return here.who.extent("fleet:read") is Extent.ALL


async def mine_since(here: Reading, contract_ref: str) -> date:
    """The first day of a contract that whoever asks may look into."""
    if sees_all(here):
        return EVER
    return await taken_over_on(here.tx, here.tenant, contract_ref) or EVER
