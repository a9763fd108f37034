"""People we write to."""

from typing import Annotated, Any, Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Line, Ref, Shown, examples, wrong
from api.pages import Cursor, Limit, Page, begin_after, page
from database.privacy.correction import correct
from database.shared.contacts import (
    Contact,
    contact_of,
    contact_or_none,
    is_erased,
    page_of_contacts,
    save_contact,
    tenant_of,
)
from domain.errors import BadInput, Conflict, Mistake
from domain.opaque import telling_mistakes

router = APIRouter(prefix="/v1/contacts", tags=["Contacts"])

EXAMPLE = {
    "full_name": "Mireille Nguema", "email": "mireille@example.com", "phone": "679 28 42 12", "locale": "fr",
}  # fmt: skip


def email_address(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise wrong(f"not an email address ({error})", "write it as name@example.com") from None


class ContactGiven(Given):
    """At least one address. A phone number without a country is one of the tenant's country."""

    full_name: Line
    email: Annotated[str, Field(max_length=254), AfterValidator(email_address)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    locale: Literal["fr", "en"] = "fr"
    channels: tuple[Literal["email", "sms"], ...] = Field((), max_length=2, description="Preferred first.")

    model_config = examples(EXAMPLE)


class ContactShown(Shown):
    ref: str
    full_name: str
    email: str | None
    phone: str | None = Field(description="E.164")
    locale: str
    channels: tuple[str, ...]


Reads = Annotated[Reading, reads("contacts:read", own="contact")]
Writes = Annotated[Command, writes("contacts:write")]


@router.put("/{ref}", response_model=ContactShown, responses={201: {"model": ContactShown}})
async def write_contact(ref: Ref, given: ContactGiven, command: Writes) -> Response:
    """Create a contact or replace what is known of one."""
    country = (await tenant_of(command.tx, command.tenant)).country
    if not given.email and not given.phone:
        raise BadInput(Mistake("email", "no address at all", "give an email, a phone number or both"))
    phone = e164(given.phone, country) if given.phone else None
    person = Contact(ref, given.full_name, given.email, phone, given.locale, given.channels)
    if telling := telling_mistakes("ref", ref, person.full_name, person.email, person.phone):
        raise BadInput(*telling)
    if await is_erased(command.tx, command.tenant, ref):
        raise Conflict("the person behind this reference was erased; use a new reference")
    before = await contact_or_none(command.tx, command.tenant, ref)
    await save_contact(command.tx, command.tenant, person)
    if before:
        await correct(command.tx, command.tenant, before, person)
    changed = sorted(name for name, value in vars(person).items() if vars(before).get(name) != value) \
        if before else sorted(vars(person))  # fmt: skip
    result = Result("contact.saved", f"contact:{ref}", shown(person), _trace(before), {"changed": changed})
    return await command.reply(result, 200 if before else 201)


@router.get("")
async def list_contacts(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[ContactShown]:
    """In the order of their references."""
    (after,) = begin_after(cursor)
    rows = await page_of_contacts(here.tx, here.tenant, after, limit + 1)
    return page(rows, limit, shown, lambda person: (person.ref,))


@router.get("/{ref}")
async def read_contact(ref: Ref, here: Reads) -> ContactShown:
    """One contact."""
    return shown(await contact_of(here.tx, here.tenant, ref))


def e164(text: str, country: str) -> str:
    """Raises BadInput."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        mend = "write it with its country, such as +237679284212"
        raise BadInput(Mistake("phone", f"not a phone number of {country} or with a country code", mend))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(person: Contact) -> ContactShown:
    return ContactShown(**vars(person))


def _trace(before: Contact | None) -> dict[str, Any] | None:
    """The trail says that a contact was there, not who it is: it can never be erased."""
    return {"ref": before.ref, "locale": before.locale} if before else None
