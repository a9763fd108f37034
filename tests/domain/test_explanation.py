"""What is said of a case's days and of its messages, word for word, in both languages."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from domain.decision import Bilingual
from domain.delivery import Written
from domain.explanation import Decided, Lexicon, Past, Raised, why
from domain.silence import Answer, earlier, from_case, from_messages, from_steps

ZONE = "Africa/Douala"
DAY = date(2032, 2, 13)
KEY = "fleet.dunning:C-1:firm:2032-02-05"
FIRM = "fleet/dunning/firm"
STEP = {"kind": "message", "key": KEY, "template": FIRM}
LATE = {"fr": "Le ton devient ferme.", "en": "The tone becomes firm."}
PAYMENT = {"fr": "le paiement", "en": "the payment"}


def local(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """In February, on the wall in Douala (UTC + 1)."""
    return datetime(2032, 2, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def decided(at: datetime, stage: str = "firm", **given: Any) -> Decided:
    about: dict[str, Any] = {
        "closes": "",
        "books": (("fleet/dunning", "abc123"),),
        "facts": {"days_late": 8},
        "reasons": [{"rule": "firm", "line": 81, "why": LATE}],
        "near": [],
        "steps": [],
        "waiting": {"what": PAYMENT, "because": LATE},
        "review_at": local(20),
    }
    return Decided(at, stage, **{**about, **given})


def written(at: datetime, state: str = "accepted", **given: Any) -> Written:
    return Written(at, FIRM, KEY, **{"channel": "sms", "state": state, "reason": "", **given})


def past(*decisions: Decided, messages: Any = (), alerts: Any = ()) -> Past:
    night = (time(20), time(8))
    return Past(ZONE, local(6), None, decisions, messages, alerts, night)


LEXICON = Lexicon({"days_late": Bilingual("jours de retard", "days late")}, {("firm", 81): "fleet/dunning"})


def both(said: Iterable[Bilingual]) -> list[tuple[str, str]]:
    return [(one.fr.replace("\u00a0", " "), one.en) for one in said]


def test_a_day_with_a_decision() -> None:
    near = [{"rule": "suspended", "line": 90, "fact": "days_late", "actual": "8", "needed": "15"}]
    case = past(
        decided(local(13), near=near, steps=[STEP]),
        messages=[written(local(13), "delivered")],
        alerts=[
            Raised(local(13, 10), "operations", Bilingual("Suspendre le véhicule", "Suspend the vehicle"))
        ],
    )
    assert both(why(case, DAY, LEXICON)) == [
        (
            "Décidé le 13 février 2032 à 9 h 00 d’après fleet/dunning (révision abc123) : firm.",
            "Decided on 13 February 2032 at 09:00 by fleet/dunning (revision abc123): firm.",
        ),
        (
            "Règle firm (fleet/dunning, ligne 81) : Le ton devient ferme.",
            "Rule firm (fleet/dunning, line 81): The tone becomes firm.",
        ),
        ("Faits retenus : jours de retard : 8.", "Facts: days late: 8."),
        (
            "Avec « jours de retard » à 15 au lieu de 8, la règle suspended se serait appliquée.",
            "With 'days late' at 15 instead of 8, rule suspended would have applied.",
        ),
        (
            "Message fleet/dunning/firm : envoyé par SMS le 13 février 2032 à 9 h 00, remis.",
            "Message fleet/dunning/firm: sent by SMS on 13 February 2032 at 09:00, delivered.",
        ),
        (
            "Alerte à l’équipe operations le 13 février 2032 à 10 h 00 : Suspendre le véhicule.",
            "Alert to the team operations on 13 February 2032 at 10:00: Suspend the vehicle.",
        ),
        (
            "Attend le paiement ; prochain examen le 20 février 2032 à 9 h 00. Le ton devient ferme.",
            "Waits for the payment; next review on 20 February 2032 at 09:00. The tone becomes firm.",
        ),
    ]


def test_no_line_of_french_begins_with_a_sign() -> None:
    said = [one.fr for one in why(past(decided(local(13))), DAY, LEXICON)]
    assert said[1] == "Règle firm (fleet/dunning, ligne 81)\u00a0: Le ton devient ferme."
    assert not any(sign in one for one in said for sign in (" :", " ;", "« ", " »"))


def test_a_day_without_a_review_and_a_case_that_waits_to_be_rung() -> None:
    case = past(decided(local(13), review_at=None))
    assert both(why(case, date(2032, 2, 15), LEXICON)) == [
        (
            "Aucun examen n’était prévu ce jour-là ; le dernier, le 13 février 2032 à 9 h 00, avait conclu "
            "« firm » : Le ton devient ferme.",
            "No review was due on that day; the last one, on 13 February 2032 at 09:00, had concluded "
            "'firm': The tone becomes firm.",
        ),
        (
            "Attend le paiement ; prochain examen à l’arrivée d’un fait. Le ton devient ferme.",
            "Waits for the payment; next review when a fact comes in. The tone becomes firm.",
        ),
    ]


def test_a_day_before_the_case_and_a_day_after_it() -> None:
    case = past(decided(local(6)), decided(local(13), closes="paid"))
    assert both(why(case, date(2032, 2, 5), LEXICON)) == [
        (
            "Le dossier n’existait pas encore : il a été ouvert le 6 février 2032.",
            "The case did not exist yet: it was opened on 6 February 2032.",
        )
    ]
    assert both(why(case, date(2032, 2, 20), LEXICON)) == [
        (
            "Le dossier a été clos le 13 février 2032 à 9 h 00 (paid) : Le ton devient ferme.",
            "The case was closed on 13 February 2032 at 09:00 (paid): The tone becomes firm.",
        )
    ]


def test_what_is_decided_at_night_leaves_in_the_morning() -> None:
    case = past(decided(local(13, 22), steps=[STEP]))
    assert (
        "Message fleet/dunning/firm : ce sont les heures de silence, il part le 14 février 2032 à 8 h 00.",
        "Message fleet/dunning/firm: these are quiet hours, it leaves on 14 February 2032 at 08:00.",
    ) in both(why(case, DAY, LEXICON))


FATES = [
    (
        written(local(13)),
        "sent",
        "Il a été envoyé par SMS le 13 février 2032 à 9 h 00, accepté par le fournisseur.",
        "It was sent by SMS on 13 February 2032 at 09:00, accepted by the provider.",
    ),
    (
        written(local(13), "withheld", channel="email", reason="no address"),
        "withheld",
        "Non envoyé par courriel : le contact n’a pas d’adresse pour ce canal.",
        "Not sent by email: the contact has no address for this channel.",
    ),
    (
        written(local(13), "withheld", reason="opted out"),
        "withheld",
        "Non envoyé par SMS : la personne a demandé à ne plus être contactée par ce canal.",
        "Not sent by SMS: the person asked not to be written to on this channel.",
    ),
    (
        written(local(13), "withheld", reason="overtaken: paid"),
        "withheld",
        "Non envoyé par SMS : le dossier est passé à « paid » avant le départ.",
        "Not sent by SMS: the case went on to 'paid' before it left.",
    ),
    (
        written(local(13), "failed", reason="21211 invalid"),
        "failed",
        "Refusé par SMS par le fournisseur (21211 invalid).",
        "Refused by SMS by the provider (21211 invalid).",
    ),
    (
        written(local(13), "unknown"),
        "unknown",
        "Tenté par SMS le 13 février 2032 à 9 h 00 ; le fournisseur n’a pas encore confirmé.",
        "Tried by SMS on 13 February 2032 at 09:00; the provider has not confirmed yet.",
    ),
    (
        written(local(13), "pending"),
        "pending",
        "Écrit le 13 février 2032 à 9 h 00, en attente du fournisseur.",
        "Written on 13 February 2032 at 09:00, waiting for the provider.",
    ),
]


@pytest.mark.parametrize(("message", "cause", "fr", "en"), FATES, ids=lambda given: str(given)[:12])
def test_what_became_of_a_message(message: Written, cause: str, fr: str, en: str) -> None:
    answer = from_messages(past(), DAY, [message])
    assert answer is not None
    assert (answer.cause, both(answer.sentences)) == (cause, [(fr, en)])
    assert from_messages(past(), date(2032, 2, 14), [message]) is None


def test_a_message_that_one_channel_refused_and_another_took() -> None:
    refused = written(local(13), "failed", reason="30003")
    answer = from_messages(past(), DAY, [refused, written(local(13), "delivered", channel="email")])
    assert answer is not None
    assert (answer.cause, [one.fr for one in answer.sentences]) == (
        "sent",
        [
            "Il a été envoyé par courriel le 13 février 2032 à 9\u00a0h\u00a000, remis.",
            "Refusé par SMS par le fournisseur (30003).",
        ],
    )


@pytest.mark.parametrize(
    ("channel", "full", "fr", "en"),
    [
        ("sms", "4 a day", "4 SMS ce jour-là", "4 text messages that day"),
        ("sms", "1 a day", "1 SMS ce jour-là", "1 text message that day"),
        ("email", "1 a day", "1 courriel ce jour-là", "1 email that day"),
        ("email", "30 a week", "30 courriels en sept jours", "30 emails in seven days"),
    ],
)
def test_a_message_put_off_says_how_many_there_were(channel: str, full: str, fr: str, en: str) -> None:
    kept = written(
        local(13), "pending", channel=channel, tried=False, deferred_at=local(13),
        deferred_until=local(14, 8), deferred_for=full,
    )  # fmt: skip
    until = Bilingual(
        "Reporté ; il part le 14 février 2032 à 8\u00a0h\u00a000.",
        "Put off; it leaves on 14 February 2032 at 08:00.",
    )
    had = Bilingual(
        f"La personne avait déjà reçu {fr}, la limite.", f"The person had already had {en}, the limit."
    )
    assert from_messages(past(), DAY, [kept]) == Answer("throttle", [had, until])
    sent = replace(kept, at=local(14, 8), state="delivered", tried=True)
    answer = from_messages(past(), DAY, [sent])
    assert answer is not None
    assert (answer.cause, answer.sentences[0]) == ("throttle", had)
    assert answer.sentences[1].en.endswith(" on 14 February 2032 at 08:00, delivered.")
    said = both(why(past(decided(local(13)), messages=[kept]), DAY, LEXICON))
    assert (
        f"Message {FIRM} : remis à plus tard. La personne avait déjà reçu {fr}, la limite. "
        "Depuis : reporté ; il part le 14 février 2032 à 8 h 00."
    ) in [fr for fr, _ in said]


def test_the_state_of_a_case_that_sends_nothing() -> None:
    order = [{"rule": "operations.paused", "line": 0, "why": LATE}]
    waiting = {"what": PAYMENT, "because": {"fr": "key:ops : hospital", "en": "key:ops: hospital"}}
    paused = past(decided(local(13), "paused", reasons=order, books=(), waiting=waiting))
    assert from_case(paused, DAY) == Answer(
        "paused",
        [
            Bilingual(
                "L’exploitation a suspendu le dossier le 13 février 2032 à 9\u00a0h\u00a000 "
                "(key:ops : hospital).",
                "Operations held the case on 13 February 2032 at 09:00 (key:ops: hospital).",
            )
        ],
    )
    blocked = from_case(past(decided(local(13), "blocked", books=())), DAY)
    assert blocked is not None
    assert (blocked.cause, blocked.sentences[0].en) == (
        "blocked",
        "No decision could be taken on 13 February 2032 at 09:00: The tone becomes firm.",
    )
    not_open = from_case(past(decided(local(13))), date(2032, 2, 12))
    assert not_open is not None
    assert not_open.cause == "not_open"
    assert from_case(past(decided(local(13))), DAY) is None


NIGHT = "C’était pendant les heures de silence ; "


@pytest.mark.parametrize(
    ("later", "messages", "said"),
    [
        ([], [], [f"{NIGHT}il part le 14 février 2032 à 8 h 00."]),
        (
            [],
            [written(local(14, 8), "delivered")],
            [
                f"{NIGHT}il devait partir le 14 février 2032 à 8 h 00.",
                "Il a été envoyé par SMS le 14 février 2032 à 8 h 00, remis.",
            ],
        ),
        (
            [decided(local(14, 6), closes="paid")],
            [],
            [
                f"{NIGHT}il devait partir le 14 février 2032 à 8 h 00.",
                "Le dossier a été clos le 14 février 2032 à 6 h 00 (paid) : Le ton devient ferme.",
            ],
        ),
        (
            [decided(local(14, 6), "reminder")],
            [],
            [
                f"{NIGHT}il devait partir le 14 février 2032 à 8 h 00.",
                "Avant le départ, le 14 février 2032 à 6 h 00, le dossier est passé à « reminder ».",
            ],
        ),
    ],
)
def test_a_night_and_what_it_brought(later: list[Decided], messages: list[Written], said: list[str]) -> None:
    answer = from_steps(past(decided(local(13, 22), steps=[STEP]), *later, messages=messages), DAY, {FIRM})
    assert answer is not None
    assert (answer.cause, [one.fr.replace("\u00a0", " ") for one in answer.sentences]) == (
        "quiet_hours",
        said,
    )


def test_words_that_cannot_be_written_are_told_of() -> None:
    title = Bilingual(f"Modèle à corriger : {FIRM}", "Template to mend")
    case = past(
        decided(local(13), steps=[STEP]), alerts=[Raised(local(13), "operations", title, f"{KEY}:unwritable")]
    )
    answer = from_steps(case, DAY, {FIRM})
    assert answer is not None
    assert (answer.cause, [one.en for one in answer.sentences]) == (
        "under_way",
        [
            "Decided on 13 February 2032 at 09:00, it has not left yet.",
            "Alert to the team operations on 13 February 2032 at 09:00: Template to mend.",
        ],
    )


def test_what_is_not_wanted_or_was_written_is_no_matter_of_the_hour() -> None:
    case = past(decided(local(13, 22), steps=[STEP]), messages=[written(local(13))])
    assert from_steps(case, DAY, {FIRM}) is None
    assert from_steps(case, DAY, {"fleet/dunning/notice"}) is None
    assert earlier(case, DAY, case.messages) == []
    assert earlier(case, date(2032, 2, 14), case.messages) == list(case.messages)
