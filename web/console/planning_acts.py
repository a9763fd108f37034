"""What people do with visits, technicians, plans and slots, each as the API does it."""

from typing import Any

from api.commands import Command
from api.maintenance import planning_acts, planning_plans, planning_technicians
from api.maintenance.planning_plans import AcceptGiven, PlanGiven
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


async def _absence(command: Command, values: Values) -> str:
    given = AbsenceGiven.model_validate({"ends_on": values["ends_on"], "reason": values["reason"]})
    await planning_technicians.save_absence(
        values["technician"], day_of(values["begins_on"]), given, command
    )  # fmt: skip
    return f"/technicians/{values['technician']}"


PLANNING_ACTS = (
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
