"""What became of a message, as sentences."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.calendar import local_date
from domain.decision import Bilingual
from domain.message import Channel, MessageState
from domain.wording import at_moment

CHANNELS = {
    Channel.EMAIL: Bilingual("par courriel", "by email"),
    Channel.SMS: Bilingual("par SMS", "by SMS"),
}
COUNTED = {
    Channel.EMAIL: (Bilingual("courriel", "email"), Bilingual("courriels", "emails")),
    Channel.SMS: (Bilingual("SMS", "text message"), Bilingual("SMS", "text messages")),
}
SPANS = {
    "day": Bilingual("ce jour-là", "that day"),
    "week": Bilingual("en sept jours", "in seven days"),
}
WITHHELD = {
    "opted out": Bilingual(
        "la personne a demandé à ne plus être contactée par ce canal",
        "the person asked not to be written to on this channel",
    ),
    "no address": Bilingual(
        "le contact n’a pas d’adresse pour ce canal", "the contact has no address for this channel"
    ),
}
SERVED = (MessageState.ACCEPTED, MessageState.DELIVERED)


@dataclass(frozen=True)
class Written:
    """A message row. ``key`` is the step's; ``deferred_for`` the limit that was reached, `4 a day`."""

    at: datetime
    template: str
    key: str
    channel: str
    state: str
    reason: str
    tried: bool = True
    deferred_at: datetime | None = None
    deferred_until: datetime | None = None
    deferred_for: str = ""

    @property
    def is_sent(self) -> bool:
        return self.state in SERVED

    @property
    def is_kept(self) -> bool:
        """Whether it still waits until its person has room for it."""
        return self.state == MessageState.PENDING and not self.tried

    @property
    def rule(self) -> str:
        """The step that wanted it: `late` of `process:case:late#2.tutor:day`."""
        return self.key.split(":")[2].partition("#")[0].partition(".")[0]

    def was_kept_on(self, day: date, zone: str) -> bool:
        """Whether on that local day it was put off, or still waited for its day."""
        if self.deferred_at is None or local_date(self.deferred_at, zone) > day:
            return False
        return local_date(self.deferred_at, zone) == day or self.is_kept or local_date(self.at, zone) > day


def fate(one: Written, zone: str) -> Bilingual:
    """What became of a message that was written, to follow *it was*."""
    by, when = CHANNELS[Channel(one.channel)], at_moment(one.at, zone)
    match MessageState(one.state):
        case MessageState.DELIVERED:
            return Bilingual(f"envoyé {by.fr} {when.fr}, remis", f"sent {by.en} {when.en}, delivered")
        case MessageState.ACCEPTED:
            return Bilingual(
                f"envoyé {by.fr} {when.fr}, accepté par le fournisseur",
                f"sent {by.en} {when.en}, accepted by the provider",
            )
        case MessageState.WITHHELD:
            cause = _withheld(one.reason)
            return Bilingual(f"non envoyé {by.fr} : {cause.fr}", f"not sent {by.en}: {cause.en}")
        case MessageState.FAILED:
            return Bilingual(
                f"refusé {by.fr} par le fournisseur ({one.reason})",
                f"refused {by.en} by the provider ({one.reason})",
            )
        case MessageState.UNKNOWN | MessageState.SENDING:
            return Bilingual(
                f"tenté {by.fr} {when.fr} ; le fournisseur n’a pas encore confirmé",
                f"tried {by.en} {when.en}; the provider has not confirmed yet",
            )
        case _:
            return _waiting(one, zone)


def _waiting(one: Written, zone: str) -> Bilingual:
    if one.is_kept and one.deferred_until:
        when = at_moment(one.deferred_until, zone)
        return Bilingual(f"reporté ; il part {when.fr}", f"put off; it leaves {when.en}")
    when = at_moment(one.at, zone)
    return Bilingual(
        f"écrit {when.fr}, en attente du fournisseur", f"written {when.en}, waiting for the provider"
    )


def _withheld(reason: str) -> Bilingual:
    if reason.startswith("overtaken"):
        stage = reason.partition(": ")[2]
        return Bilingual(
            f"le dossier est passé à « {stage} » avant le départ",
            f"the case went on to {stage!r} before it left",
        )
    return WITHHELD.get(reason, Bilingual(reason, reason))


def enough(one: Written) -> Bilingual:
    """The limit that put a message off: how many messages its person had had."""
    number, _, span = one.deferred_for.partition(" a ")
    noun = COUNTED[Channel(one.channel)][number not in ("0", "1")]
    within = SPANS.get(span, Bilingual("", ""))
    return Bilingual(
        f"La personne avait déjà reçu {number} {noun.fr} {within.fr}, la limite",
        f"The person had already had {number} {noun.en} {within.en}, the limit",
    )


def told(one: Written, zone: str) -> Bilingual:
    """As a sentence of its own."""
    said = fate(one, zone)
    if one.is_sent:
        return Bilingual(f"Il a été {said.fr}.", f"It was {said.en}.")
    return Bilingual(f"{_capital(said.fr)}.", f"{_capital(said.en)}.")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
