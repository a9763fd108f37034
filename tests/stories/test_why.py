"""A month of one driver, and what is answered to whoever asks why something was sent, or why not."""

from datetime import date

import pytest
from sqlalchemy import update

from api.why import asked_about, books_of, lexicon_of, why_not
from database.shared.contacts import write_opt_out
from database.shared.messages import Draft, write
from database.shared.tables import tenant
from domain.case import Case
from domain.errors import NotFound
from domain.explanation import why
from tests.stories.fleet import DUNNING, HOLIDAYS, order, pay, promise, resume, signed
from tests.stories.telling import Story, Telling


async def because(story: Story, local: str) -> list[str]:
    day = date.fromisoformat(local)
    async with story.telling.database.tenant(story.tenant) as tx:
        case = Case(story.tenant, DUNNING, "C-1", story.zone)
        asked = await asked_about(tx, story.telling.ground.library, HOLIDAYS, case, day)
        said = why(asked.past, day, lexicon_of(await books_of(asked)))
    return [one.fr.replace("\u00a0", " ") for one in said]


async def not_because(story: Story, message: str, local: str) -> tuple[str, ...]:
    async with story.telling.database.tenant(story.tenant) as tx:
        case = Case(story.tenant, DUNNING, "C-1", story.zone)
        day = date.fromisoformat(local)
        asked = await asked_about(tx, story.telling.ground.library, HOLIDAYS, case, day)
        found = await why_not(asked, message)
    return (found.cause, *(one.fr.replace("\u00a0", " ") for one in found.sentences))


COURTESY = "Un à trois jours de retard, un simple rappel suffit souvent."
REMINDER = "Quatre jours de retard, on rappelle le montant et les moyens de payer."
PROMISED = "Le conducteur a promis de payer ; on attend la date promise."
PAID = "Le retard est payé ; toute relance cesse aussitôt."
WAITS = "Attend le paiement de 10 000 FCFA (contrat C-1) ; prochain examen"
SENT = "accepté par le fournisseur"


async def month(telling: Telling) -> Story:
    """Late on 5 February; a promise until the 16th, broken; paused for a day; no SMS; paid on the 25th."""
    story = await signed(telling)
    await promise(story, date(2032, 2, 16), 10_000, "2032-02-10 19:00")
    await order(story, DUNNING, "paused", "hospital", "2032-02-18 10:00")
    await resume(story, DUNNING, "2032-02-19 10:00")
    async with story.fact("2032-02-19 11:00") as (tx, _):
        await write_opt_out(tx, story.tenant, "sms", "+237678920625", "STOP")
    await pay(story, "P-1", 10_000, "2032-02-25 10:00")
    await story.until("2032-02-26 10:00")
    return story


async def test_every_day_has_its_why(telling: Telling) -> None:
    story = await month(telling)
    revision = telling.ground.library.book("fleet/dunning").revision
    escalation = telling.ground.library.book("fleet/escalation").revision
    assert await because(story, "2032-02-05") == [
        "Le dossier n’existait pas encore : il a été ouvert le 6 février 2032."
    ]
    assert await because(story, "2032-02-07") == [
        "Aucun examen n’était prévu ce jour-là ; le dernier, le 6 février 2032 à 9 h 00, avait conclu "
        f"« courtesy » : {COURTESY}",
        f"{WAITS} le 9 février 2032 à 9 h 00. {COURTESY}",
    ]
    assert await because(story, "2032-02-09") == [
        f"Décidé le 9 février 2032 à 9 h 00 d’après fleet/escalation (révision {escalation}), fleet/dunning "
        f"(révision {revision}) : reminder.",
        "Règle usual (fleet/escalation, ligne 49) : La relance suit son cours.",
        f"Règle reminder (fleet/dunning, ligne 66) : {REMINDER}",
        "Faits retenus : événements : aucun ; montant en retard : 10 000 FCFA ; jours de retard : 4 ; "
        "contrat résilié : non ; plus ancienne échéance impayée : 5 février 2032 ; paiement promis au plus "
        "tard le : aucune valeur ; promesses non tenues : 0.",
        "Avec « jours de retard » à 3 au lieu de 4, la règle courtesy se serait appliquée.",
        "Avec « jours de retard » à 8 au lieu de 4, la règle firm se serait appliquée.",
        "Avec « jours de retard » à 15 au lieu de 4, la règle suspended se serait appliquée.",
        f"Message fleet/dunning/reminder : envoyé par SMS le 9 février 2032 à 9 h 00, {SENT}.",
        f"{WAITS} le 13 février 2032 à 9 h 00. {REMINDER}",
    ]
    assert await because(story, "2032-02-18") == [
        "Décidé le 18 février 2032 à 10 h 00 : paused.",
        "Règle operations.paused : key:ops : hospital",
        "Attend la reprise par l’exploitation ; prochain examen à l’arrivée d’un fait. key:ops : hospital",
    ]
    assert await because(story, "2032-02-26") == [
        f"Le dossier a été clos le 25 février 2032 à 10 h 00 (paid) : {PAID}"
    ]


async def test_every_silence_has_its_cause(telling: Telling) -> None:
    story = await month(telling)
    once = f"{SENT}. Une étape ne part qu’une fois."
    assert await not_because(story, "firm", "2032-02-05") == (
        "not_open", "Le dossier n’existait pas encore : il a été ouvert le 6 février 2032.",
    )  # fmt: skip
    assert await not_because(story, "firm", "2032-02-07") == (
        "not_yet",
        "Son moment n’est pas venu, il manque 6 jours : la règle firm (fleet/dunning, ligne 81) s’applique "
        "le 13 février 2032 à 9 h 00.",
        "Il part alors, sauf si : « contrat résilié » vaut oui ; « montant en retard » vaut au plus 0 FCFA ; "
        "« paiement promis au plus tard le » vaut aujourd’hui ou après et « promesses non tenues » vaut "
        "au plus 1.",
    )
    assert await not_because(story, "fleet/dunning/courtesy", "2032-02-06") == (
        "sent", f"Il a été envoyé par SMS le 6 février 2032 à 9 h 00, {SENT}.",
    )  # fmt: skip
    assert await not_because(story, "courtesy", "2032-02-07") == (
        "already_sent", f"Il a été envoyé par SMS le 6 février 2032 à 9 h 00, {once}",
    )  # fmt: skip
    assert await not_because(story, "firm", "2032-02-13") == (
        "held", f"Le dossier est en attente ; il reprend le 17 février 2032 à 9 h 00 : {PROMISED}",
    )  # fmt: skip
    assert await not_because(story, "handover", "2032-02-18") == (
        "paused", "L’exploitation a suspendu le dossier le 18 février 2032 à 10 h 00 (key:ops : hospital).",
    )  # fmt: skip
    assert await not_because(story, "notice", "2032-02-20") == (
        "sent", f"Il a été envoyé par courriel le 20 février 2032 à 9 h 00, {SENT}.",
    )  # fmt: skip
    assert await not_because(story, "handover", "2032-02-26") == (
        "closed", f"Le dossier a été clos le 25 février 2032 à 10 h 00 (paid) : {PAID}",
    )  # fmt: skip
    with pytest.raises(NotFound, match="known: fleet/dunning/handover"):
        await not_because(story, "fleet/dunning/handovr", "2032-02-20")


async def test_a_night_makes_a_message_wait(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, DUNNING, "paused", "hospital", "2032-02-12 10:00")
    await resume(story, DUNNING, "2032-02-13 22:00")
    assert await not_because(story, "firm", "2032-02-13") == (
        "quiet_hours", "C’était pendant les heures de silence ; il part le 14 février 2032 à 8 h 00.",
    )  # fmt: skip
    await story.until("2032-02-14 12:00")
    assert (await not_because(story, "firm", "2032-02-14"))[0] == "sent"
    assert await not_because(story, "firm", "2032-02-13") == (
        "quiet_hours",
        "C’était pendant les heures de silence ; il devait partir le 14 février 2032 à 8 h 00.",
        f"Il a été envoyé par SMS le 14 février 2032 à 8 h 00, {SENT}.",
    )


async def test_what_is_paid_in_the_night_is_not_asked_for_in_the_morning(telling: Telling) -> None:
    story = await signed(telling)
    await order(story, DUNNING, "paused", "hospital", "2032-02-12 10:00")
    await resume(story, DUNNING, "2032-02-13 22:00")
    await pay(story, "P-1", 10_000, "2032-02-14 06:30")
    assert await not_because(story, "firm", "2032-02-13") == (
        "quiet_hours",
        "C’était pendant les heures de silence ; il devait partir le 14 février 2032 à 8 h 00.",
        f"Le dossier a été clos le 14 février 2032 à 6 h 30 (paid) : {PAID}",
    )


FULL = "La personne avait déjà reçu 1 SMS ce jour-là, la limite."


async def had_enough(story: Story, local: str) -> None:
    """One SMS a day, and another process has just sent it."""
    async with story.telling.owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == story.tenant).values(sms_a_day=1))
    async with story.fact(local) as (tx, moment):
        case = Case(story.tenant, "fleet.other", "C-1", story.zone)
        words = ("sms", "+237678920625", "fleet/other/word", "fr", "", "Bonjour.", "")
        other = Draft(f"{story.tenant}.other", case, "fleet.other:C-1:a:b", "D-1", *words, moment)
        assert await write(tx, other)


async def test_who_had_enough_messages_is_written_to_the_next_day(telling: Telling) -> None:
    story = await signed(telling)
    await had_enough(story, "2032-02-13 08:30")
    await story.until("2032-02-13 12:00")
    assert await not_because(story, "firm", "2032-02-13") == (
        "throttle", FULL, "Reporté ; il part le 14 février 2032 à 8 h 00.",
    )  # fmt: skip
    await story.until("2032-02-14 12:00")
    sent = f"envoyé par SMS le 14 février 2032 à 8 h 00, {SENT}"
    assert await not_because(story, "firm", "2032-02-14") == ("sent", f"Il a été {sent}.")
    assert await not_because(story, "firm", "2032-02-13") == ("throttle", FULL, f"Il a été {sent}.")
    assert f"Message fleet/dunning/firm : remis à plus tard. {FULL} Depuis : {sent}." in await because(
        story, "2032-02-13"
    )


async def test_a_message_put_off_is_withdrawn_when_it_is_overtaken(telling: Telling) -> None:
    story = await signed(telling)
    await had_enough(story, "2032-02-13 08:30")
    await pay(story, "P-1", 10_000, "2032-02-13 15:00")
    await story.until("2032-02-15 12:00")
    assert await not_because(story, "firm", "2032-02-13") == (
        "throttle", FULL, "Non envoyé par SMS : le dossier est passé à « paid » avant le départ.",
    )  # fmt: skip


async def test_a_person_who_wants_nothing_is_said_to(telling: Telling) -> None:
    story = await signed(telling, driver={"email": None})
    async with story.fact("2032-02-08 11:00") as (tx, _):
        await write_opt_out(tx, story.tenant, "sms", "+237678920625", "STOP")
    await story.until("2032-02-09 12:00")
    assert await not_because(story, "reminder", "2032-02-09") == (
        "withheld",
        "Non envoyé par SMS : la personne a demandé à ne plus être contactée par ce canal.",
    )


async def test_a_month_in_which_everything_keeps_messages_back(telling: Telling) -> None:
    """A limit on the 9th, a promise on the 10th, a pause on the 18th, a STOP and a night on the 20th."""
    story = await signed(telling)
    await had_enough(story, "2032-02-09 08:30")
    await promise(story, date(2032, 2, 16), 10_000, "2032-02-10 19:00")
    await order(story, DUNNING, "paused", "accident", "2032-02-18 10:00")
    async with story.fact("2032-02-20 11:00") as (tx, _):
        await write_opt_out(tx, story.tenant, "sms", "+237678920625", "STOP")
    await resume(story, DUNNING, "2032-02-20 22:00")
    await pay(story, "P-1", 10_000, "2032-02-25 10:00")
    await story.until("2032-03-04 10:00")
    by_sms = "Il a été envoyé par SMS le {} février 2032 à {} h 00, " + SENT + "."
    by_email = f"Il a été envoyé par courriel le 21 février 2032 à 8 h 00, {SENT}."
    answers = {
        ("reminder", "2032-02-09"): ("throttle", FULL, by_sms.format(10, 8)),
        ("reminder", "2032-02-10"): ("sent", by_sms.format(10, 8)),
        ("firm", "2032-02-13"): (
            "held",
            f"Le dossier est en attente ; il reprend le 17 février 2032 à 9 h 00 : {PROMISED}",
        ),
        ("firm", "2032-02-17"): ("sent", by_sms.format(17, 9)),
        ("notice", "2032-02-19"): (
            "paused",
            "L’exploitation a suspendu le dossier le 18 février 2032 à 10 h 00 (key:ops : accident).",
        ),
        ("notice", "2032-02-20"): (
            "quiet_hours",
            "C’était pendant les heures de silence ; il devait partir le 21 février 2032 à 8 h 00.",
            by_email,
        ),
        ("notice", "2032-02-21"): ("sent", by_email),
        ("handover", "2032-02-22"): ("not_yet", SOON, UNLESS),
        ("handover", "2032-03-03"): (
            "closed", f"Le dossier a été clos le 25 février 2032 à 10 h 00 (paid) : {PAID}",
        ),
    }  # fmt: skip
    assert {asked: await not_because(story, *asked) for asked in answers} == answers


SOON = (
    "Son moment n’est pas venu, il manque 13 jours : la règle handover (fleet/dunning, ligne 103) s’applique "
    "le 6 mars 2032 à 9 h 00."
)
UNLESS = (
    "Il part alors, sauf si : « contrat résilié » vaut oui ; « montant en retard » vaut au plus 0 FCFA ; "
    "« paiement promis au plus tard le » vaut aujourd’hui ou après et « promesses non tenues » vaut "
    "au plus 1."
)
