"""Links by which drivers and investors open the page that is theirs."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Result, writes
from api.fields import Given, Ref, Shown, examples
from database.shared.audience import key_of
from domain.links import PersonTarget

router = APIRouter(prefix="/v1/fleet/page-links", tags=["Fleet"])

LASTS = timedelta(days=90)


class PageLinkGiven(Given):
    kind: Literal["driver", "investor"]
    contact_ref: Ref
    days: int = Field(90, ge=1, le=365, description="How long the link opens the page.")

    model_config = examples({"kind": "driver", "contact_ref": "CH-001"})


class PageLinkShown(Shown):
    kind: Literal["driver", "investor"]
    contact_ref: str
    url: str | None = Field(
        description="Whoever holds it sees the page: send it to nobody else. Null when asked for again."
    )
    expires_at: datetime


Writes = Annotated[Command, writes("fleet:write")]


@router.post("", status_code=201, response_model=PageLinkShown)
async def create_page_link(given: PageLinkGiven, command: Writes) -> Response:
    """A page of what is due, paid and promised; of bikes, shares and statements for an investor."""
    until = command.now + timedelta(days=given.days)
    key = await key_of(command.tx, command.parts.keyring, command.tenant, given.contact_ref)
    target = PersonTarget(command.tenant, given.kind, given.contact_ref, key, until)
    made = PageLinkShown(
        kind=given.kind, contact_ref=given.contact_ref, url=command.parts.person_links.to(target),
        expires_at=until,
    )  # fmt: skip
    trace = {"kind": given.kind, "expires_at": until}
    about = Result("page_link.created", f"contact:{given.contact_ref}", made, None, trace)
    return await command.reply(about, 201, secret="url")
