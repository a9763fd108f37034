"""What people do with visits, technicians, plans and slots, each as the API does it."""

from typing import Any

from api.commands import Command
from api.maintenance import planning_acts, planning_plans, planning_replans, planning_technicians
from api.maintenance.planning_plans import AcceptGiven, PlanGiven
from api.maintenance.planning_replans import ReplanGiven
from api.maintenance.planning_technicians import AbsenceGiven
from domain.decision import Bilingual
from web.console.acts import Act, Field, Values, day_of, shown_by

VISIT = Field("visit", Bilingual("Visite", "Visit"), "hidden")
PLAN = Field("plan", Bilingual("Plan", "Plan"), "hidden")
WHEN = Field("at", Bilingual("À", "At"), "moment", initial="now")
REASONS = {
    "ill": Bilingual("malade", "ill"), "leave": Bilingual("en congé", "on leave"),
    "training": Bilingual("en formation", "in training"), "other": Bilingual("autre", "other"),
}  # fmt: skip


async def _plan(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {"days": values["days"], "seconds": values["seconds"]}
    if values["first_on"]:
        asked["first_on"] = values["first_on"]
    answer = await planning_plans.start_plan(PlanGiven.model_validate(asked), command)
    return f"/plans/{shown_by(answer)['id']}"


async def _replan(command: Command, values: Values) -> str:
    event: dict[str, Any] = {"event": values["event"]}
    for name in ("visit_ref", "technician_ref", "until"):
        if values[name]:
            event[name] = values[name]
    answer = await planning_replans.replan(ReplanGiven.model_validate({"events": [event]}), command)
    return f"/plans/{shown_by(answer)['plan']['id']}"


async def _stop(command: Command, values: Values) -> str:
    await planning_plans.stop_plan(values["plan"], command)
    return f"/plans/{values['plan']}"


async def _undo(command: Command, values: Values) -> str:
    await planning_plans.undo_plan(values["plan"], command)
    return f"/plans/{values['plan']}"


async def _accept(command: Command, values: Values) -> str:
    chosen = [one for one in values["technicians"] if one]
    given = AcceptGiven(technicians=chosen, anyway=values["anyway"])
    await planning_plans.accept_plan(values["plan"], given, command)
    return f"/plans/{values['plan']}"


async def _start(command: Command, values: Values) -> str:
    given = planning_acts.WhenGiven.model_validate({"at": values["at"]})
    await planning_acts.start_visit(values["visit"], given, command)
    return f"/visits/{values['visit']}"


async def _finish(command: Command, values: Values) -> str:
    given = planning_acts.WhenGiven.model_validate({"at": values["at"]})
    await planning_acts.finish_visit(values["visit"], given, command)
    return f"/visits/{values['visit']}"


async def _miss(command: Command, values: Values) -> str:
    await planning_acts.miss_visit(values["visit"], command)
    return f"/visits/{values['visit']}"


async def _cancel(command: Command, values: Values) -> str:
    given = planning_acts.WhyGiven.model_validate({"reason": values["reason"] or None})
    await planning_acts.cancel_visit(values["visit"], given, command)
    return f"/visits/{values['visit']}"


async def _reopen(command: Command, values: Values) -> str:
    await planning_acts.reopen_visit(values["visit"], command)
    return f"/visits/{values['visit']}"


async def _absence(command: Command, values: Values) -> str:
    given = AbsenceGiven.model_validate({"ends_on": values["ends_on"], "reason": values["reason"]})
    await planning_technicians.save_absence(
        values["technician"], day_of(values["begins_on"]), given, command
    )  # fmt: skip
    return f"/technicians/{values['technician']}"


HAPPENED = {
    "urgent": Bilingual("une visite urgente", "an urgent visit"),
    "no_show": Bilingual("un client absent", "a customer who is not there"),
    "cancelled": Bilingual("une visite annulée", "a visit that is cancelled"),
    "overrun": Bilingual("une visite qui dure", "a visit that takes longer"),
    "ill": Bilingual("un technicien malade", "a technician who is ill"),
}  # fmt: skip

PLANNING_ACTS = (
    Act(
        "replan-day", Bilingual("Un imprévu aujourd’hui", "Something has happened today"),
        Bilingual("Replanifier le reste du jour", "Plan the rest of the day anew"),
        Bilingual("Le reste du jour est replanifié ; rien n’est encore en vigueur",
                  "The rest of the day is planned anew; nothing is in force yet"),
        "planning:write",
        (
            Field("event", Bilingual("Quoi", "What"), "choice", choices=HAPPENED),
            Field("visit_ref", Bilingual("Visite", "Visit"), "ref", required=False,
                  hint=Bilingual("Sauf pour un technicien malade.", "But for a technician who is ill.")),
            Field("technician_ref", Bilingual("Technicien", "Technician"), "ref", required=False,
                  hint=Bilingual("Pour un technicien malade.", "For a technician who is ill.")),
            Field("until", Bilingual("Jusqu’à", "Until"), required=False,
                  hint=Bilingual("D’une visite qui dure : 15:30.", "Of a visit that takes longer: 15:30.")),
        ),
        _replan,
        Bilingual(
            "Le moins de clients possible changent d’heure, et ce qui a commencé ne bouge pas.",
            "As few customers as possible are moved, and nothing that has begun is.",
        ),
    ),
    Act(
        "plan-rounds", Bilingual("Calculer les tournées", "Plan the rounds"), Bilingual("Calculer", "Plan"),
        Bilingual("Le calcul a commencé", "Planning has begun"), "planning:write",
        (
            Field("first_on", Bilingual("Premier jour", "First day"), "date", required=False,
                  hint=Bilingual("Vide : demain.", "Empty: tomorrow.")),
            Field("days", Bilingual("Jours", "Days"), "number", initial="5"),
            Field("seconds", Bilingual("Temps de calcul, en secondes", "Time for it, in seconds"), "number",
                  initial="20",
                  hint=Bilingual("10 suffisent à 20 visites, 60 conviennent à 1 000.",
                                 "10 are enough for 20 visits, 60 suit 1,000.")),
        ),
        _plan,
        Bilingual(
            "Les visites à planifier sont réparties entre les techniciens au moindre coût : kilomètres, "
            "heures, retards, visites laissées. Rien n’est en vigueur avant que vous l’acceptiez.",
            "The visits to be planned are spread among the technicians at the lowest cost: kilometres, "
            "hours, lateness, visits left out. Nothing is in force before you accept it.",
        ),
    ),
    Act(
        "stop-plan", Bilingual("Arrêter le calcul", "Stop planning"), Bilingual("Arrêter", "Stop"),
        Bilingual("Le calcul s’arrête", "Planning stops"), "planning:write", (PLAN,), _stop,
        Bilingual("Le meilleur plan trouvé est gardé.", "The best plan so far is kept."),
    ),
    Act(
        "accept-plan", Bilingual("Mettre en vigueur", "Put in force"),
        Bilingual("Mettre en vigueur", "Put in force"),
        Bilingual("Les tournées sont en vigueur", "The rounds are in force"), "planning:write",
        (
            PLAN,
            Field("technicians", Bilingual("Techniciens", "Technicians"), "list", required=False,
                  hint=Bilingual("Références, séparées par des virgules ; vide : tous.",
                                 "References with commas between; empty: all.")),
            Field("anyway", Bilingual("Même si quelque chose est enfreint", "Whatever is violated"), "check",
                  required=False),
        ),
        _accept,
    ),
    Act(
        "undo-plan", Bilingual("Revenir aux tournées d’avant", "Bring the former rounds back"),
        Bilingual("Revenir", "Bring back"),
        Bilingual("Les tournées d’avant sont en vigueur", "The former rounds are in force"),
        "planning:write", (PLAN,), _undo,
    ),
    Act(
        "start-visit", Bilingual("Visite commencée", "Visit begun"), Bilingual("Noter", "Note"),
        Bilingual("La visite est en cours", "The visit is under way"), "planning:write",
        (VISIT, WHEN), _start,
    ),
    Act(
        "finish-visit", Bilingual("Visite terminée", "Visit done"), Bilingual("Noter", "Note"),
        Bilingual("La visite est faite", "The visit is done"), "planning:write", (VISIT, WHEN), _finish,
    ),
    Act(
        "miss-visit", Bilingual("Client absent", "Customer absent"), Bilingual("Noter", "Note"),
        Bilingual("L’absence est notée", "The absence is noted"), "planning:write", (VISIT,), _miss,
    ),
    Act(
        "cancel-visit", Bilingual("Annuler la visite", "Cancel the visit"),
        Bilingual("Annuler la visite", "Cancel the visit"),
        Bilingual("La visite est annulée", "The visit is cancelled"), "planning:write",
        (VISIT, Field("reason", Bilingual("Raison", "Reason"), "area", required=False)), _cancel, grave=True,
    ),
    Act(
        "reopen-visit", Bilingual("Planifier à nouveau", "Plan again"),
        Bilingual("Planifier à nouveau", "Plan again"),
        Bilingual("La visite attend une nouvelle place", "The visit waits for another place"),
        "planning:write", (VISIT,), _reopen,
        Bilingual("Ce qui avait été dit au client ne vaut plus.", "What the customer had been told is over."),
    ),
    Act(
        "technician-absence", Bilingual("Noter une absence", "Note an absence"), Bilingual("Noter", "Note"),
        Bilingual("L’absence est notée", "The absence is noted"), "planning:write",
        (
            Field("technician", Bilingual("Technicien", "Technician"), "hidden"),
            Field("begins_on", Bilingual("Du", "From"), "date", initial="today"),
            Field("ends_on", Bilingual("Au", "Until"), "date", initial="today"),
            Field("reason", Bilingual("Raison", "Reason"), "choice", choices=REASONS),
        ),
        _absence,
        Bilingual(
            "Les visites déjà placées restent dans sa tournée : calculez à nouveau les tournées.",
            "Visits placed on these days stay in the round: plan the rounds again.",
        ),
    ),
)  # fmt: skip
