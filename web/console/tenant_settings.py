"""What a tenant sets for itself: languages, quiet hours, limits, who approves, who needs a second factor."""

from dataclasses import replace
from datetime import time
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from database.shared import audit, settings
from database.shared.settings import SECOND_FACTOR, Settings
from domain.errors import BadInput, Mistake
from web.console.visit import Visit, text_of

COUNTS = ("sms_a_day", "sms_a_week", "email_a_day", "email_a_week")
CLOCKS = ("quiet_from", "quiet_until")


async def show(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await settings.settings_of(tx, visit.tenant.id)
    return _page(visit, known, saved="saved" in visit.request.query_params)


async def change(visit: Visit) -> Response:
    """They hold from the next decision, message and sign-in on."""
    form = await visit.request.form()
    async with visit.database.tenant(visit.tenant.id) as tx:
        present = await settings.settings_of(tx, visit.tenant.id, hold=True)
        try:
            wanted = asked(form, present)
            before, after = await settings.change(tx, visit.tenant.id, wanted)
        except BadInput as wrong:
            return _page(visit, present, wrong=wrong, given=form)
        old, new = settings.differences(before, after)
        if new:
            actor, tenant = visit.actor, visit.tenant.id
            await audit.write(tx, tenant, actor, "settings.changed", "settings", before=old, after=new)
    return _page(visit, after, saved=True)


def asked(form: FormData, present: Settings) -> Settings:
    """Raises BadInput."""
    mistakes: list[Mistake] = []
    given: dict[str, Any] = {
        "name": text_of(form, "name")[:200], "rules_need_approval": "rules_need_approval" in form
    }  # fmt: skip
    if not given["name"]:
        mistakes.append(Mistake("name", "it is empty", "give the company's name"))
    if (locale := text_of(form, "locale")) in ("fr", "en"):
        given["locale"] = locale
    if (factor := text_of(form, "second_factor")) in SECOND_FACTOR:
        given["second_factor"] = factor
    for name in (*COUNTS, "audit_days"):
        text = text_of(form, name)
        if not text.isdecimal() or len(text) > 6:
            mistakes.append(Mistake(name, "no whole number", "write digits"))
        else:
            given[name] = int(text)
    for name in CLOCKS:
        try:
            told = time.fromisoformat(text_of(form, name))
            given[name] = told.replace(tzinfo=None, second=0, microsecond=0)
        except ValueError:
            mistakes.append(Mistake(name, "no time of day", "write it as 20:00"))
    if mistakes:
        raise BadInput(*mistakes)
    return replace(present, **given)


def _page(
    visit: Visit, known: Settings, saved: bool = False, wrong: BadInput | None = None,
    given: FormData | None = None,
) -> Response:  # fmt: skip
    def value(name: str) -> str:
        """What was written, else what is kept."""
        if given is not None and name in given:
            return str(given[name])
        kept = getattr(known, name)
        return kept.isoformat("minutes") if isinstance(kept, time) else str(kept)

    answer = visit.page(
        "settings.html.j2", known=known, value=value, saved=saved, counts=COUNTS, clocks=CLOCKS,
        factors=SECOND_FACTOR, wrong={one.field for one in wrong.mistakes} if wrong else set(),
    )  # fmt: skip
    answer.status_code = 422 if wrong else 200
    return answer
