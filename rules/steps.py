"""Steps of a book: what is sent, alerted or done, and the keys that make it happen once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from domain.decision import Bilingual, Reason, Step, StepKind
from domain.message import Channel
from rules.condition import Condition, read_condition
from rules.reader import Node, Table
from rules.reading import Reading
from rules.ruling import Question

ALWAYS = Condition()
NOTHING = Bilingual("", "")
LONGEST_REPEAT = 366
EFFECTS = ("send", "alert", "act")
CHANNELS = tuple(channel.value for channel in Channel)


@dataclass(frozen=True)
class Effect:
    """``mark`` tells the effects of one step apart in their keys: the role, `alert`, or the verb."""

    kind: StepKind
    mark: str
    to: str = ""
    template: str = ""
    channels: tuple[str, ...] = ()
    title: Bilingual = field(default=NOTHING)
    asked: bool = False


@dataclass(frozen=True)
class Planned:
    """A step as written. ``day`` counts from the anchor (ladder) or from the stage's first day."""

    id: str
    line: int
    why: Bilingual
    effects: tuple[Effect, ...]
    when: Condition = field(default=ALWAYS)
    day: int = 0
    hour: time = time(9)
    shift: str = "none"
    every: int = 0
    times: int = 1
    always: bool = False
    closes: str = ""

    @property
    def reason(self) -> Reason:
        return Reason(self.id, self.line, self.why)


@dataclass(frozen=True)
class Occurrence:
    """One time of a step. ``id`` is `late#2` for the second time of a repeated one."""

    step: Planned
    id: str
    day: date
    moment: datetime


def due_steps(
    id: str, effects: tuple[Effect, ...], question: Question, due_on: date, anchor: date
) -> tuple[Step, ...]:
    """The effects not done yet. Keys are `prefix:id:anchor`, or `prefix:id.mark:anchor` for each of several.

    A key without a mark counts for all of them, so that a book that gives a step a second effect does
    not repeat the first one.
    """
    whole = f"{question.key_prefix}:{id}:{anchor.isoformat()}"
    if whole in question.done:
        return ()
    steps = []
    for effect in effects:
        marked = f"{question.key_prefix}:{id}.{effect.mark}:{anchor.isoformat()}"
        if marked in question.done:
            continue
        name = effect.mark if effect.kind == "act" else id
        key = whole if len(effects) == 1 else marked
        steps.append(
            Step(
                name,
                effect.kind,
                key,
                due_on,
                to=effect.to,
                template=effect.template,
                channels=effect.channels,
                title=effect.title,
                asked=effect.asked,
            )
        )
    return tuple(steps)


def occurrence_steps(occurrences: Iterable[Occurrence], question: Question, anchor: date) -> tuple[Step, ...]:
    return tuple(
        step
        for found in occurrences
        for step in due_steps(found.id, found.step.effects, question, found.day, anchor)
    )


def read_effects(reading: Reading, table: Table) -> tuple[Effect, ...]:
    """The effects in the order written."""
    effects: list[Effect] = []
    for key, node in table.entries.items():
        if key in EFFECTS:
            effects.extend(_READERS[key](reading, item) for item in reading.items(node))
    marks = [effect.mark for effect in effects]
    for mark in sorted({mark for mark in marks if mark and marks.count(mark) > 1}):
        reading.wrong(
            table, f"deux effets « {mark} » dans une même étape", f"two effects {mark!r} in one step"
        )
    return tuple(effects)


def read_planned(reading: Reading, table: Table, why: Bilingual, first: time) -> Planned:
    """What a step of a ladder and a step of a stage have in common."""
    entries = table.entries
    every, times = 0, 1
    if "repeat" in entries and (repeat := reading.table(entries["repeat"], ("every", "times"))):
        every = reading.days(repeat.entries["every"])
        times = reading.count(repeat.entries["times"], 1, 100)
        if not 1 <= every <= LONGEST_REPEAT:
            reading.wrong(repeat, "« every » va de 1 à 366 jours", "'every' goes from 1 to 366 days")
    effects = read_effects(reading, table)
    if not effects and "closes" not in entries:
        reading.wrong(
            table, "l’étape ne fait rien : send, alert ou act", "the step does nothing: send, alert or act"
        )
    return Planned(
        reading.new_id(entries["id"]), table.place.line, why, effects,
        read_condition(reading, entries.get("when")), 0, reading.clock(entries.get("hour"), first),
        "none", every, times, reading.flag(entries.get("always")),
    )  # fmt: skip


def _message(reading: Reading, node: Node) -> Effect:
    table = reading.table(node, ("template", "to", "channels"), ("asked",))
    if table is None:
        return Effect("message", "")
    template = reading.named(
        table.entries["template"],
        reading.vocabulary.templates,
        "modèle de message inconnu",
        "unknown message template",
    )
    to = reading.word(table.entries["to"])
    channels = tuple(
        reading.choice(item, CHANNELS, "canal inconnu", "unknown channel")
        for item in reading.items(table.entries["channels"])
    )
    asked = reading.flag(table.entries.get("asked"))
    return Effect("message", to, to, template, channels, asked=asked)


def _alert(reading: Reading, node: Node) -> Effect:
    table = reading.table(node, ("team", "title"))
    if table is None:
        return Effect("alert", "alert")
    team = reading.named(table.entries["team"], reading.vocabulary.targets, "équipe inconnue", "unknown team")
    return Effect("alert", "alert", team, title=reading.bilingual(table.entries["title"]))


def _act(reading: Reading, node: Node) -> Effect:
    return Effect("act", reading.named(node, reading.vocabulary.acts, "acte inconnu", "unknown act"))


_READERS = {"send": _message, "alert": _alert, "act": _act}


def read_stops(reading: Reading, node: Node | None) -> "tuple[Stop, ...]":
    stops = []
    for item in reading.items(node):
        if table := reading.table(item, ("when", "outcome", "why")):
            outcome = reading.word(table.entries["outcome"])
            condition = read_condition(reading, table.entries["when"])
            why = reading.bilingual(table.entries["why"])
            stops.append(Stop(outcome, table.place.line, condition, why))
    return tuple(stops)


@dataclass(frozen=True)
class Stop:
    """What ends a ladder or a dunning case, whatever the day."""

    outcome: str
    line: int
    when: Condition
    why: Bilingual

    @property
    def reason(self) -> Reason:
        return Reason(self.outcome, self.line, self.why)
