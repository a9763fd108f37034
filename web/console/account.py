"""One's own account: password, second factor, sessions; and the proof that sensitive acts ask for."""

from dataclasses import replace
from urllib.parse import quote

import segno
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.shared import audit, factors, letters, oauth, passkeys, sessions
from database.shared.passwords import KNOWN, hash_of, is_password, set_password
from domain.errors import BadInput
from domain.sign_in import Challenge
from web.console.browsers import browser_of
from web.console.guess import guess_of
from web.console.sign_in import ceremonies_of, secret_of
from web.console.visit import BASE, Visit, goes_to, text_of

CODES_SHOWN_ONCE = "codes.html.j2"


async def account(visit: Visit, problem: str = "", status: int = 200) -> Response:
    api, now = visit.desk.parts.api, visit.moments.now
    async with visit.database.tenant(visit.tenant.id) as tx:
        has_password = bool(await hash_of(tx, visit.tenant.id, visit.person.id, visit.moments.now))
        known = await factors.factors_of(tx, visit.tenant.id, visit.person.id)
        begun = await factors.begun_secret(tx, visit.tenant.id, visit.person.id, api.keyring)
        opened = await sessions.sessions_of(tx, visit.tenant.id, visit.person.id, now, api.keyring)
        keys = await passkeys.passkeys_of(tx, visit.tenant.id, visit.person.id)
        programs = await oauth.sign_ins_of(tx, visit.tenant.id, visit.person.id, now)
    secret, qr = begun if visit.who.proved_lately(now) else "", ""
    if secret:
        address = factors.address_of(secret, visit.tenant.name, visit.person.email)
        qr = segno.make(address, error="m").svg_data_uri(scale=4, border=3, light="white")
    answer = visit.page(
        "account.html.j2", has_password=has_password, factors=known, secret=secret, qr=qr, opened=opened,
        problem=problem, browser_of=browser_of, passkeys=keys,
        programs=programs, place=ceremonies_of(visit.desk),
    )  # fmt: skip
    answer.status_code = status
    return answer


async def change_password(visit: Visit) -> Response:
    """Every other session ends with the old password."""
    form = await visit.request.form()
    given = secret_of(form, "password")
    if given != secret_of(form, "again"):
        return await account(visit, visit.words("account.password.differ"), 422)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            is_stolen = visit.desk.parts.is_stolen
            await set_password(tx, visit.tenant.id, visit.person, given, visit.moments.now, is_stolen)
        except BadInput as wrong:
            problem = visit.words.of("password", wrong.mistakes[0].problem)
            return await account(visit, problem, 422)
        now = visit.moments.now
        await sessions.revoke_all(tx, visit.tenant.id, visit.person.id, now, visit.session.digest)
        await letters.owe_letter(tx, visit.tenant.id, visit.person.id, "password_changed", now)
        await audit.write(tx, visit.tenant.id, visit.actor, "password.changed", f"person:{visit.person.id}")
    return goes_to("/account")


async def begin_totp(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        await factors.begin_totp(
            tx, visit.tenant.id, visit.person.id, visit.desk.parts.api.keyring, visit.moments.now
        )  # fmt: skip
    return goes_to("/account")


async def confirm_totp(visit: Visit) -> Response:
    code = text_of(await visit.request.form(), "code")
    api, now = visit.desk.parts.api, visit.moments.now
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            codes = await factors.confirm_totp(
                tx, visit.tenant.id, visit.person.id, code, api.keyring, now
            )  # fmt: skip
        except BadInput:
            return await account(visit, visit.words("sign_in.wrong_code"), 422)
        await changed(visit, tx, "factor.added", "totp")
        await sessions.prove(tx, visit.session, now)
    return visit.page(CODES_SHOWN_ONCE, codes=codes)


async def remove_totp(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        await factors.remove_totp(tx, visit.tenant.id, visit.person.id)
        await changed(visit, tx, "factor.removed", "totp")
    return goes_to("/account")


async def new_codes(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        if not (await factors.factors_of(tx, visit.tenant.id, visit.person.id)).any:
            return goes_to("/account")
        codes = await factors.new_recovery_codes(tx, visit.tenant.id, visit.person.id)
        await changed(visit, tx, "factor.added", "recovery_codes")
    return visit.page(CODES_SHOWN_ONCE, codes=codes)


async def end_session(visit: Visit) -> Response:
    digest, now = visit.path("digest"), visit.moments.now
    async with visit.database.tenant(visit.tenant.id) as tx:
        if await sessions.revoke(tx, visit.tenant.id, visit.person.id, digest, now):
            await audit.write(tx, visit.tenant.id, visit.actor, "session.ended", f"person:{visit.person.id}")
    return goes_to("/account")


async def end_others(visit: Visit) -> Response:
    now = visit.moments.now
    async with visit.database.tenant(visit.tenant.id) as tx:
        await sessions.revoke_all(tx, visit.tenant.id, visit.person.id, now, visit.session.digest)
        await audit.write(tx, visit.tenant.id, visit.actor, "sessions.ended", f"person:{visit.person.id}")
    return goes_to("/account")


async def end_program(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        family, now = visit.path("family"), visit.moments.now
        if await oauth.end_own(tx, visit.tenant.id, visit.person.id, family, now):
            await audit.write(tx, visit.tenant.id, visit.actor, "program.ended", f"person:{visit.person.id}")
    return goes_to("/account")


async def show_confirm(visit: Visit, problem: str = "", status: int = 200, **values: object) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await factors.factors_of(tx, visit.tenant.id, visit.person.id)
    if known.passkeys and not known.totp:
        return goes_to(f"/confirm/passkey?next={quote(inside(visit.asked('next')), safe='')}")
    answer = visit.page(
        "confirm.html.j2", factors=known, next=inside(visit.asked("next")),
        problem=visit.words(problem, **values) if problem else "",
    )  # fmt: skip
    answer.status_code = status
    return answer


async def confirm(visit: Visit) -> Response:
    """The second factor where there is one, else the password: guesses are counted as at the door."""
    form = await visit.request.form()
    api, now, tenant = visit.desk.parts.api, visit.moments.now, visit.tenant.id
    async with visit.database.tenant(tenant) as tx:
        guess = await guess_of(
            tx, visit.request, tenant, visit.person.email, visit.person, now, Challenge.PROOF
        )  # fmt: skip
        guess = replace(guess, device=visit.session.digest)
        tried = await guess.begin(tx)
        if tried.until:
            return await show_confirm(visit, "confirm.wait", 429, minutes=guess.minutes(tried))
        known = await factors.factors_of(tx, tenant, visit.person.id)
        second = known.totp
        kept = "" if known.any else await hash_of(tx, tenant, visit.person.id, visit.moments.now)
        code = text_of(form, "code")
        right = second and await factors.take_totp(tx, tenant, visit.person.id, code, api.keyring, now)
    right = right or (not second and await is_password(kept, secret_of(form, "password"), KNOWN))
    async with visit.database.tenant(tenant) as tx:
        if not right:
            await guess.failed(tx, "code" if second else "password")
            return await show_confirm(visit, "confirm.wrong", 401)
        await guess.right(tx, tried)
        await sessions.prove(tx, visit.session, now)
        await audit.write(tx, tenant, visit.actor, "sign_in.proved", f"person:{visit.person.id}")
    return goes_to(inside(visit.asked("next")).removeprefix(BASE))


def inside(path: str) -> str:
    """A page of the console, whatever the address says."""
    plain = path.startswith(f"{BASE}/") and not set(path) & set("\\\r\n\t?#") and "//" not in path
    return path if plain else f"{BASE}/account"


async def changed(visit: Visit, tx: AsyncConnection, action: str, factor: str) -> None:
    person, now = visit.person.id, visit.moments.now
    await letters.owe_letter(tx, visit.tenant.id, person, "factor_changed", now, {"factor": factor})
    await audit.write(tx, visit.tenant.id, visit.actor, action, f"person:{person}", after={"factor": factor})
