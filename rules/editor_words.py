"""What editors show beside the keys of a book: French first, English beside."""

from collections.abc import Mapping
from typing import Any

Said = Mapping[str, tuple[str, str]]

HEAD_WORDS: Said = {
    "policy": (
        "Sorte de livre : ce que la table décide, et comment.",
        "Kind of book: what it decides, and how.",
    ),
    "name": (
        "Le chemin du fichier sans .yaml, par exemple fleet/dunning.",
        "The file’s path without .yaml, for example fleet/dunning.",
    ),
    "title": ("Titre du livre, dans les deux langues.", "The book’s title, in both languages."),
    "version": (
        "Le numéro de l’auteur ; la révision se calcule du contenu.",
        "The author’s own number; the revision is computed from the content.",
    ),
    "hour": (
        'Heure locale des envois, "09:00" sauf indication.',
        'Local hour of what goes out, "09:00" by default.',
    ),
    "currency": (
        'Monnaie des montants du livre : les cases s’écrivent alors en unités entières, "> 12.50".',
        'Currency of the book’s amounts: cells are then in major units, "> 12.50".',
    ),
    "facts": ("Les faits que le livre demande : nom, type, libellé.", "The facts that the book asks for."),
    "examples": (
        "Exemples : avec ces faits, cela est attendu. Un exemple faux refuse le livre.",
        "Examples: given these facts, this is expected. A wrong one refuses the book.",
    ),
}

TABLE_WORDS: Said = {
    "start": ("Les points avant toute règle.", "The points before any rule."),
    "clamp": ("La somme reste entre ces bornes, 0..100.", "The sum is kept within these bounds, 0..100."),
    "rules": ("Les lignes de la table.", "The rows of the table."),
    "bands": (
        "Les classes : elles couvrent les bornes, sans trou ni chevauchement.",
        "The bands: they cover the bounds without gap or overlap.",
    ),
    "otherwise": ("Quand aucune ligne ne convient.", "When no row holds."),
    "mode": (
        "first : la première ligne qui convient ; each : toutes celles qui conviennent.",
        "first: the first row that holds; each: all that hold.",
    ),
    "anchor": (
        "Le fait de type date dont les clés et les délais se comptent.",
        "The date fact from which keys and delays count.",
    ),
    "key_by": (
        "Un compteur : la deuxième fois a ses propres clés, seuil#2.",
        "A counter fact: the second time has keys of its own, threshold#2.",
    ),
    "gives": (
        "Les valeurs que la table donne, déclarées comme des faits.",
        "The values that the table gives, declared as facts are.",
    ),
    "columns": (
        "Les colonnes : des faits et des valeurs données, dans l’ordre voulu.",
        "The columns: facts and values given, in any order.",
    ),
    "rows": (
        "Une ligne par réponse, une case par colonne.",
        "One row for each answer, one cell for each column.",
    ),
    "measure": ("Le fait qui compte les jours de retard.", "The fact that counts the days late."),
    "stages": (
        "Les paliers par jours de retard, sans trou ni chevauchement ; le dernier reste ouvert.",
        "The stages by days late, without gap or overlap; the last one is open-ended.",
    ),
    "hold": (
        "Ce qui suspend tout jusqu’au lendemain d’une date.",
        "What holds everything until the day after a date.",
    ),
    "minimum": ("En dessous, rien n’est fait.", "Below it nothing is done."),
    "stops": ("Ce qui met fin au processus aussitôt.", "What ends the process at once."),
    "steps": ("Ce qui est fait, et quand.", "What is done, and when."),
    "ends": (
        "process : tout prend fin ; part : une partie seulement.",
        "process: everything ends; part: one part only.",
    ),
    "events": (
        "Les événements connus du livre, dans les deux langues.",
        "The events that the book knows, in both languages.",
    ),
    "patterns": (
        "Les motifs cherchés ; l’issue est le premier trouvé.",
        "The patterns looked for; the first found is the outcome.",
    ),
}

ROW_WORDS: Said = {
    "id": (
        "Un nom court, unique dans le livre : minuscules, chiffres et _.",
        "A short name, unique in the book: lower case, digits and _.",
    ),
    "when": (
        "Les conditions : fait → case. Toutes doivent convenir.",
        "The conditions: fact → cell. All must hold.",
    ),
    "why": (
        "Une phrase pour les personnes, dans les deux langues.",
        "A sentence for people, in both languages.",
    ),
    "outcome": ("L’issue, un nom court.", "The outcome, a short name."),
    "points": (
        "Des points, ou une plage de points : -15, 80..100.",
        "Points, or a range of points: -15, 80..100.",
    ),
    "days": (
        "Une plage de jours : 4..7, ou 30.. pour la dernière.",
        "A range of days: 4..7, or 30.. for the last one.",
    ),
    "send": ("Un message : modèle, destinataire, canaux.", "A message: template, recipient, channels."),
    "alert": ("Une alerte à une équipe.", "An alert for a team."),
    "act": ("Un acte que le processus connaît.", "An act that the process knows."),
    "closes": ("Met fin au suivi.", "Ends what is watched."),
    "at": ("Jours depuis la date de référence : -60d, 0d, +3d.", "Days from the anchor: -60d, 0d, +3d."),
    "shift": (
        "Un jour fermé est reporté (next) ou avancé (previous).",
        "A closed day is moved forward (next) or back (previous).",
    ),
    "repeat": ("Toutes les combien, et combien de fois en tout.", "How often, and how many times in all."),
    "every": ("L’intervalle, en jours : 30d.", "The interval, in days: 30d."),
    "times": ("Combien de fois en tout.", "How many times in all."),
    "always": (
        "Fait même en retard, quand une étape suivante est déjà due.",
        "Done even when late and a later step is due.",
    ),
    "until": ("Le fait de type date jusqu’auquel on attend.", "The date fact until which we wait."),
    "fact": ("Le nom d’un fait.", "The name of a fact."),
    "at_least": (
        "Le plus petit nombre, ou montant, qui compte.",
        "The least number, or amount, that counts.",
    ),
    "template": ("Un modèle de message existant.", "A message template that exists."),
    "to": ("Le rôle de la personne dans le dossier.", "The role of the person in the case."),
    "channels": ("Les canaux, par ordre de préférence.", "The channels, in order of preference."),
    "asked": (
        "true : la personne attend cette réponse ; aucune limite de nombre ne la retient.",
        "true: the person waits for this answer; no limit on their number holds it back.",
    ),
    "team": ("L’équipe alertée.", "The team alerted."),
    "type": ("Le type des valeurs.", "The type of the values."),
    "label": ("Ce que lisent les personnes.", "What people read."),
    "values": ("Les valeurs possibles d’un enum.", "The possible values of an enum."),
    "missing": (
        "La valeur quand le fait manque ; none : sans valeur. Sans elle le fait est obligatoire.",
        "The value when the fact is missing; none: no value. Without it the fact is required.",
    ),
    "use": (
        "record : gardé avec la décision, sans servir à une règle.",
        "record: kept with the decision, used by no rule.",
    ),
    "given": ("Les faits de l’exemple.", "The facts of the example."),
    "expect": ("Ce qui est attendu.", "What is expected."),
    "on": ("Le jour, ou le moment, de l’exemple.", "The day, or the moment, of the example."),
    "done": ("Les clés de ce qui est déjà fait.", "The keys of what is done already."),
    "stage": ("Le palier attendu.", "The stage expected."),
    "next": ("Le prochain moment, ou none.", "The next moment, or none."),
    "held": ("Si tout est suspendu.", "Whether everything is held."),
    "fr": ("En français.", "In French."),
    "en": ("En anglais.", "In English."),
    "count": ("Un événement, ou plusieurs, à compter.", "One event, or several, to count."),
    "within": ("La fenêtre, en jours : 30d.", "The window, in days: 30d."),
    "sequence": ("Des événements, dans cet ordre.", "Events, in this order."),
    "without": ("Des événements dont aucun ne doit suivre.", "Events none of which may follow."),
    "after": ("L’âge du dernier événement, en jours : 14d.", "The age of the last event, in days: 14d."),
}

KIND_WORDS: Said = {
    "scorecard": ("Une note : des points et des classes.", "A score: points and bands."),
    "thresholds": (
        "Des seuils : la première ligne qui convient, ou toutes.",
        "Thresholds: the first row that holds, or all.",
    ),
    "stages": ("Une relance par paliers de jours de retard.", "Dunning by stages of days late."),
    "grid": (
        "Une grille : une ligne répond pour chaque combinaison.",
        "A grid: one row answers for each combination.",
    ),
    "ladder": ("Des étapes avant et après une date.", "Steps before and after a date."),
    "pattern": ("Des motifs dans les événements d’un dossier.", "Patterns in the events of a case."),
}

WORDS: Said = {**ROW_WORDS, **TABLE_WORDS, **HEAD_WORDS}


def described(key: str, words: Said = WORDS) -> dict[str, Any]:
    fr, en = words[key]
    return {"title": fr, "description": f"{fr}\n\n{en}"}
