"""The parts that both providers' sides of the twin share, and how a fault is played."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from adapters.local.courier import Courier
from adapters.local.faults import Fault, Faults
from adapters.local.mailbox import Mailbox
from adapters.local.signing import EventSigner
from adapters.local.twin_settings import TwinSettings
from adapters.local.wire import drop, gone
from domain.message import Channel


@dataclass
class Twin:
    settings: TwinSettings
    mailbox: Mailbox
    signer: EventSigner
    courier: Courier
    faults: dict[Channel, Faults]

    def start(self) -> None:
        self.mailbox.journal.start()
        self.courier.start()

    async def stop(self) -> None:
        await self.courier.stop()
        await self.mailbox.journal.stop()


def open_twin(settings: TwinSettings) -> Twin:
    mailbox, signer = Mailbox(settings.data), EventSigner(settings.data)
    faults = {channel: Faults() for channel in Channel}
    return Twin(settings, mailbox, signer, Courier(mailbox, signer, settings), faults)


def number(given: str | None, default: int, most: int) -> int:
    """A count out of a query, up to ``most``; the default when it is none."""
    return min(int(given), most) if given and given.isdecimal() else default


async def play(
    request: Request,
    fault: Fault,
    accept: Callable[[], Awaitable[Response]],
    refuse: Callable[[Fault], Response],
) -> Response:
    """Accept the message or not, and answer or not, as the fault says."""
    if fault.kind in {"429", "500", "401"}:
        return refuse(fault)
    if fault.kind == "reset":
        return await drop(request, hard=True)
    response = await accept()
    if response.status_code >= 300:
        return response
    if fault.kind == "cut-after-accept":
        return await drop(request)
    if fault.kind == "500-after-accept":
        return refuse(Fault("500"))
    if fault.kind == "slow":
        with suppress(TimeoutError):
            await asyncio.wait_for(gone(request), fault.seconds)
    return response
