"""Passkeys: added and taken away in one's account; shown to come in, as a second step, as a fresh proof."""

import logging
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from database.shared import audit, effects, factors, letters, passkeys, people, sessions, sign_in
from database.shared.contacts import tenant_of
from database.shared.passkeys import Passkey
from domain.calendar import local_date
from domain.decision import Bilingual, Step
from domain.errors import Conflict
from domain.sign_in import Challenge as Kind
from web.console import account
from web.console.ceremonies import SIGN_IN, Answer, Asked, NotProved
from web.console.entering import SECOND_STEP, entered
from web.console.guess import Guess, guess_of
from web.console.sign_in import ceremonies_of, is_workspace, page, secret_of, stepping
from web.console.visit import BASE, Desk, Visit, goes_to, is_foreign, refused, text_of

log = logging.getLogger("echeance.sign_in")

LONGEST_NAME = 60
COPIED = Bilingual(
    "Une clé d’accès a été copiée : elle n’ouvre plus rien ; appeler la personne",
    "A passkey was copied: it opens nothing any more; call the person",
)


async def begin(visit: Visit) -> Response:
    """The page on which the browser is asked to make one."""
    ceremonies = ceremonies_of(visit.desk)
    if not ceremonies.possible:
        return goes_to("/account")
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await passkeys.passkeys_of(tx, visit.tenant.id, visit.person.id)
    bound = f"create {visit.session.digest}"
    asked = ceremonies.to_create(visit.tenant.id, visit.person, known, bound, visit.moments.now)
    return visit.page("passkey.html.j2", asked=asked)


async def add(visit: Visit) -> Response:
    """The first factor of a person comes with recovery codes."""
    form, ceremonies, now = await visit.request.form(), ceremonies_of(visit.desk), visit.moments.now
    tenant, person = visit.tenant.id, visit.person.id
    name = text_of(form, "name")[:LONGEST_NAME] or visit.words("passkeys.unnamed")
    try:
        challenge = ceremonies.challenge(secret_of(form, "token"), f"create {visit.session.digest}", now)
        made = ceremonies.created(secret_of(form, "credential"), challenge, person, name, now)
    except NotProved:
        return await account.account(visit, visit.words("passkeys.not_made"), 422)
    async with visit.database.tenant(tenant) as tx:
        if not await passkeys.spend(tx, tenant, challenge.value, challenge.until, now):
            return await account.account(visit, visit.words("passkeys.not_made"), 422)
        first = not (await factors.factors_of(tx, tenant, person)).any
        try:
            await passkeys.add(tx, tenant, made)
        except Conflict:
            return await account.account(visit, visit.words("passkeys.not_made"), 422)
        codes = await factors.new_recovery_codes(tx, tenant, person) if first else []
        await account.changed(visit, tx, "factor.added", "passkey")
        await sessions.prove(tx, visit.session, now)
    return visit.page(account.CODES_SHOWN_ONCE, codes=codes) if codes else goes_to("/account")


async def remove(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        if await passkeys.remove(tx, visit.tenant.id, visit.person.id, visit.path("id")):
            await factors.let_codes_go(tx, visit.tenant.id, visit.person.id)
            await account.changed(visit, tx, "factor.removed", "passkey")
    return goes_to("/account")


async def enter(request: Request) -> Response:
    """A passkey is something that one has, opened by something that one knows or is: both factors at once."""
    desk: Desk = request.app.state.desk
    if is_foreign(request):
        return refused(request, 403, "refused.form")
    form = await request.form()
    try:
        answer = ceremonies_of(desk).answer(secret_of(form, "credential"))
    except NotProved:
        return _not_taken(request)
    if not await is_workspace(desk, answer.tenant):
        return _not_taken(request)
    async with desk.parts.api.database.tenant(answer.tenant) as tx:
        person = await people.person_or_none(tx, answer.tenant, answer.person)
        known = person if person and person.is_active else None
        email = known.email if known else ""
        guess = await guess_of(tx, request, answer.tenant, email, known, desk.parts.api.clock(), Kind.LINK)
        if not await _shown(tx, guess, answer, form, SIGN_IN):
            return _not_taken(request)
    return await entered(request, answer.tenant, answer.person, "passkey")


async def show_second(request: Request, problem: str = "", status: int = 200) -> Response:
    found = await stepping(request)
    if found is None:
        return goes_to("/sign-in")
    guess, ticket = found
    asked = await _asked_of(guess, f"second {ticket}")
    return page(request, "code_passkey.html.j2", problem, status, asked=asked)


async def enter_second(request: Request) -> Response:
    """Another factor was shown a moment ago, in this browser."""
    found = await stepping(request)
    if is_foreign(request) or found is None:
        return goes_to("/sign-in")
    guess, ticket = found
    form = await request.form()
    async with guess.desk.parts.api.database.tenant(guess.tenant) as tx:
        taken = None
        if await _answered(tx, guess, form, f"second {ticket}"):
            taken = await sign_in.take_ticket(tx, guess.tenant, ticket, (SECOND_STEP,), guess.now)
    if taken is None:
        return await show_second(request, "passkeys.refused", 401)
    return await entered(request, guess.tenant, taken.person, f"{taken.data['proof']}+passkey")


async def show_proof(visit: Visit, problem: str = "", status: int = 200) -> Response:
    guess = await _guess(visit)
    asked = await _asked_of(guess, f"proof {visit.session.digest}")
    words = visit.words(problem) if problem else ""
    answer = visit.page(
        "confirm_passkey.html.j2", asked=asked, next=account.inside(visit.asked("next")), problem=words
    )
    answer.status_code = status
    return answer


async def prove(visit: Visit) -> Response:
    guess, form = await _guess(visit), await visit.request.form()
    async with visit.database.tenant(visit.tenant.id) as tx:
        right = await _answered(tx, guess, form, f"proof {visit.session.digest}")
        if right:
            await sessions.prove(tx, visit.session, visit.moments.now)
            thing = f"person:{visit.person.id}"
            await audit.write(tx, visit.tenant.id, visit.actor, "sign_in.proved", thing)
    if not right:
        return await show_proof(visit, "passkeys.refused", 401)
    return goes_to(account.inside(visit.asked("next")).removeprefix(BASE))


async def _guess(visit: Visit) -> Guess:
    tenant, person, now = visit.tenant.id, visit.person, visit.moments.now
    async with visit.database.tenant(tenant) as tx:
        return await guess_of(tx, visit.request, tenant, person.email, person, now, Kind.PROOF)


async def _asked_of(guess: Guess, bound: str) -> Asked | None:
    """Of this person's own passkeys; None where there are none."""
    ceremonies = ceremonies_of(guess.desk)
    person = guess.person.id if guess.person else ""
    async with guess.desk.parts.api.database.tenant(guess.tenant) as tx:
        known = await passkeys.passkeys_of(tx, guess.tenant, person)
    return ceremonies.to_show(known, bound, guess.now) if known and ceremonies.possible else None


async def _answered(tx: AsyncConnection, guess: Guess, form: FormData, bound: str) -> bool:
    try:
        answer = ceremonies_of(guess.desk).answer(secret_of(form, "credential"))
    except NotProved:
        return False
    if guess.person is None or (answer.person and answer.person != guess.person.id):
        return False
    own = replace(answer, tenant=guess.tenant, person=guess.person.id)
    return await _shown(tx, guess, own, form, bound)


async def _shown(tx: AsyncConnection, guess: Guess, answer: Answer, form: FormData, bound: str) -> bool:
    """Whether the answer holds, the challenge was not answered before, and no copy is at work."""
    ceremonies, now = ceremonies_of(guess.desk), guess.now
    key = await passkeys.held_passkey(tx, guess.tenant, answer.person, answer.id) if guess.person else None
    try:
        if key is None or key.suspect_at is not None:
            raise NotProved
        challenge = ceremonies.challenge(secret_of(form, "token"), bound, now)
        count = ceremonies.shown(answer, key, challenge)
    except NotProved:
        await _refused(tx, guess)
        return False
    if not await passkeys.spend(tx, guess.tenant, challenge.value, challenge.until, now):
        await _refused(tx, guess)
        return False
    if await passkeys.count_use(tx, guess.tenant, key, count, now):
        return True
    await _copied(tx, guess, key)
    return False


async def _refused(tx: AsyncConnection, guess: Guess) -> None:
    """Counted to be noticed: nobody guesses a signature. Beyond the limit the trail is not filled further."""
    if not (await guess.begin(tx)).until:
        await guess.failed(tx, "passkey")


async def _copied(tx: AsyncConnection, guess: Guess, key: Passkey) -> None:
    """Its owner and operations hear of it; whoever holds the copy hears what everybody does."""
    person, home = key.person, await tenant_of(tx, guess.tenant)
    after = {"factor": "passkey", "suspect": True}
    await audit.write(tx, guess.tenant, guess.actor, "passkey.copied", f"person:{person}", after=after)
    await letters.owe_letter(tx, guess.tenant, person, "factor_changed", guess.now, {"factor": "passkey"})
    case = home.case("platform.sign_in", person)
    named = f"{case.process}:{case.ref}:copied:{guess.now:%Y-%m-%dT%H:%M:%S}"
    on = local_date(guess.now, home.zone)
    step = Step("copied", "alert", named, on, to="operations", title=COPIED)
    await effects.raise_alert(tx, case, step, guess.now)
    log.warning("a copied passkey was refused at the sign-in of %s", guess.tenant)


def _not_taken(request: Request) -> Response:
    return page(request, "sign_in.html.j2", "passkeys.refused", 401)
