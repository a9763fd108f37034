"""Twelve mistakes in a file are twelve errors: each at its place, in both languages, with the right word."""

from tests.rules.books import errors_of

THRESHOLDS = """\
policy: thresholds
name: book
title: {fr: Livre, en: Book}
version: "1"
heure: "08:00"
facts:
  misses: {type: int, label: {fr: retards, en: misses}}
  share: {type: precent, label: {fr: part, en: share}}
  level: {type: enum, values: [gold, silver], label: {fr: niveau, en: level}}
  since: {type: date, label: {fr: depuis}}
rules:
  - id: bad
    when: {mises: "> 5", level: golden, since: 2026-02-30}
    outcome: Bad One
    send: {template: fleet/dunning/firn, to: driver, channels: [sms, male]}
    why: {fr: Trop de retards., en: Too many misses.}
  - id: bad
    when: {misses: 9..5}
    outcome: worse
    act: exspire
    why: {fr: Encore., en: Again.}
otherwise: {outcome: good, why: {fr: Rien., en: Nothing.}}
examples:
  - {given: {misses: 0}, expect: {outcome: good}, why: Aucun retard.}
"""

STAGES = """\
policy: stages
name: book
title: {fr: Relance, en: Dunning}
version: "1"
hour: 9h
facts:
  late: {type: int, label: {fr: retard, en: late}}
  owed: {type: money, label: {fr: dû, en: owed}, missing: beaucoup}
  due: {type: date, label: {fr: échéance, en: due}, mising: none}
measure: lates
anchor: owed
minimum: {fact: owed, at_least: peu, why: {fr: Trop peu., en: Too little.}}
stages:
  - id: first
    days: 1..3
    why: {fr: Un rappel., en: A reminder.}
    steps:
      - {id: one, act: expire, hour: "25:00"}
      - {id: two, alert: {team: colections, title: {fr: Attention, en: Attention}}}
  - id: second
    days: 3..
    why: {fr: Plus tard., en: Later.}
    steps:
      - {id: three}
      - {id: four, act: expire, repeat: {every: 30j, times: 0}}
examples:
  - {given: {late: 0}, expect: {stage: upcoming}, why: Rien.}
"""


def told(text: str) -> list[tuple[int, int, str, str]]:
    return [(one.line, one.column, one.text.fr, one.text.en) for one in errors_of(text)]


def test_a_table_with_twelve_mistakes() -> None:
    did, you = "vouliez-vous dire", "did you mean"
    assert told(THRESHOLDS) == [
        (5, 1, f"mot inconnu « heure », {did} « hour » ?", f"unknown word 'heure', {you} 'hour'?"),
        (8, 17, f"type inconnu « precent », {did} « percent » ?",
         f"unknown type 'precent', {you} 'percent'?"),
        (10, 30, "il manque « en »", "'en' is missing"),
        (13, 12, f"fait inconnu « mises », {did} « misses » ?", f"unknown fact 'mises', {you} 'misses'?"),
        (13, 33, f"valeur inconnue de « level » : « golden », {did} « gold » ?",
         f"unknown value of 'level': 'golden', {you} 'gold'?"),
        (13, 48, "« 2026-02-30 » n’est pas une case pour « since » (date)",
         "'2026-02-30' is not a cell for 'since' (date)"),
        (14, 14, "« Bad One » n’est pas un nom : minuscules, chiffres et _",
         "'Bad One' is not a name: lower case, digits and _"),
        (15, 22, f"modèle de message inconnu « fleet/dunning/firn », {did} « fleet/dunning/firm » ?",
         f"unknown message template 'fleet/dunning/firn', {you} 'fleet/dunning/firm'?"),
        (15, 70, f"canal inconnu « male », {did} « email » ?", f"unknown channel 'male', {you} 'email'?"),
        (17, 9, "« bad » existe déjà à la ligne 12", "'bad' exists already at line 12"),
        (18, 20, "« 9..5 » n’est pas une case pour « misses » (int)",
         "'9..5' is not a cell for 'misses' (int)"),
        (20, 10, f"acte inconnu « exspire », {did} « expire » ?", f"unknown act 'exspire', {you} 'expire'?"),
    ]  # fmt: skip


def test_a_dunning_book_with_twelve_mistakes() -> None:
    did, you = "vouliez-vous dire", "did you mean"
    assert told(STAGES) == [
        (5, 7, "« 9h » n’est pas une heure, écrivez par exemple \"09:00\"",
         "'9h' is not an hour, write for example \"09:00\""),
        (8, 59, "valeur impossible pour un money : « beaucoup »", "not a money: 'beaucoup'"),
        (9, 53, f"mot inconnu « mising », {did} « missing » ?", f"unknown word 'mising', {you} 'missing'?"),
        (10, 10, f"fait inconnu « lates », {did} « late » ?", f"unknown fact 'lates', {you} 'late'?"),
        (11, 9, "« owed » est de type money, il faut date", "'owed' is of type money, it must be date"),
        (12, 33, "« peu » n’est pas un montant", "'peu' is not an amount"),
        (18, 38, "« 25:00 » n’est pas une heure, écrivez par exemple \"09:00\"",
         "'25:00' is not an hour, write for example \"09:00\""),
        (19, 33, f"équipe inconnue « colections », {did} « collections » ?",
         f"unknown team 'colections', {you} 'collections'?"),
        (21, 11, "ce palier chevauche « first » (ligne 14)", "this stage overlaps 'first' (line 14)"),
        (24, 9, "l’étape ne fait rien : send, alert ou act", "the step does nothing: send, alert or act"),
        (25, 49, "« 30j » n’est pas un nombre de jours, écrivez par exemple -60d",
         "'30j' is not a number of days, write for example -60d"),
        (25, 61, "un nombre entier de 1 à 100 est attendu", "a whole number from 1 to 100 is expected"),
    ]  # fmt: skip


def test_a_missing_key_does_not_hide_the_others() -> None:
    text = THRESHOLDS.replace('version: "1"\n', "").replace("    outcome: Bad One\n", "")
    errors = [one.en for one in errors_of(text)]
    assert {"'version' is missing", "'outcome' is missing", "unknown word 'heure'", "'en' is missing"} < {
        *errors
    }
    assert len(errors) == 13


def test_mended_one_by_one_the_mistakes_become_fewer() -> None:
    """No mistake hides another one, and none comes from another one."""
    text, left = THRESHOLDS, 12
    for wrong, right in (
        ("heure:", "hour:"), ("precent", "percent"), ("{fr: depuis}", "{fr: depuis, en: since}"),
        ("mises:", "misses:"), ("golden", "gold"), ("2026-02-30", "2026-02-28"), ("Bad One", "bad"),
        ("firn", "firm"), ("male", "email"),
        ("- id: bad\n    when: {misses: 9", "- id: worse\n    when: {misses: 9"),
        ("9..5", "0..5"), ("exspire", "expire"),
    ):  # fmt: skip
        assert wrong in text
        text, left = text.replace(wrong, right, 1), left - 1
        assert len(told(text)) == left or left == 0, (right, told(text))
    assert [error.en for error in errors_of(text)] == ["facts refused: book: fact 'share' is missing"], (
        "what examples show is looked at when the rest is right"
    )
