"""What rounds hold of people: where technicians live and customers are visited, and why somebody is away."""

from database.shared.holding import ADDRESS, MUST_SAY, Act, Data, Holding, Wiped, of_contact

THEIR_VISITS = f"from visit v where v.tenant_id = {{table}}.tenant_id and v.{of_contact()}"
THEMSELVES = f"from technician t where t.tenant_id = {{table}}.tenant_id and t.{of_contact()}"
NOWHERE = Wiped(Data.ADDRESS, "0")
NAMED_IN_PLAN = (
    "exists (select {whom} and plan.problem @> "
    "jsonb_build_object('{kind}', jsonb_build_array(jsonb_build_object('id', {short}.ref))))"
)


def _of_technician(table: str) -> str:
    return f"technician_ref in (select t.ref {THEMSELVES.format(table=table)})"


def _of_visit(table: str, column: str = "visit_ref") -> str:
    return f"{column} in (select v.ref {THEIR_VISITS.format(table=table)})"


def _named(kind: str, whom: str, short: str) -> str:
    return NAMED_IN_PLAN.format(whom=whom.format(table="plan"), kind=kind, short=short)


HOLDINGS = (
    Holding(
        "technician", "rounds", of_contact(), Act.WIPE,
        plain="state skills zones week parts per_hour_minor overtime_per_hour_minor per_km_minor "
        "per_day_minor updated_at",
        references="ref contact_ref",
        wiped={"start_latitude": NOWHERE, "start_longitude": NOWHERE,
               "end_latitude": NOWHERE, "end_longitude": NOWHERE},
    ),
    # That somebody is ill is about their health: it goes with them, and by itself soon after.
    Holding(
        "technician_absence", "rounds", _of_technician("technician_absence"), Act.DELETE,
        plain="begins_on ends_on", references="technician_ref",
        wiped={"reason": Wiped(Data.WORDS, "'other'")}, term="session", dated="ends_on",
    ),
    Holding(
        "visit", "rounds", of_contact(), Act.WIPE,
        plain="duration_s skills zone parts windows not_before_on due_on promised_on promised_s "
        "promise_tolerance_s pinned_on pinned_s urgency_minor penalty_minor optional state planned_on "
        "planned_begins_s planned_ends_s position started_at ended_at updated_at",
        references="ref contact_ref promised_technician_ref preferred_technician_ref pinned_technician_ref "
        "technician_ref",
        wiped={"work": MUST_SAY, "address": ADDRESS, "latitude": NOWHERE, "longitude": NOWHERE},
    ),
    Holding("visit_link", "rounds", plain="tie", references="first_ref second_ref"),
    # A problem has the places of everybody in it: nobody's archive gets it, and who is erased takes it along.
    Holding(
        "plan", "rounds", "false", Act.WIPE,
        sweep=f"({_named('visits', THEIR_VISITS, 'v')} or {_named('technicians', THEMSELVES, 't')})",
        plain="kind wish state stood routes cost_minor unplanned solver share result trouble created_at "
        "updated_at",
        references="id asked_by", wiped={"problem": Wiped(Data.ADDRESS, "null")},
        term="trial", dated="created_at", over="state in ('ready', 'failed', 'stopped')",
    ),
    Holding(
        "plan_acceptance", "rounds", plain="before accepted_at undone_at",
        references="id plan_id technician_refs accepted_by undone_by",
    ),
    Holding("service_round", "rounds", _of_technician("service_round"),
            plain="on_day times updated_at", references="technician_ref acceptance_id"),
    Holding(
        "slot_reservation", "rounds", _of_visit("slot_reservation"),
        plain="on_day begins_s ends_s state held_at expires_at updated_at",
        references="id visit_ref technician_ref",
    ),
)  # fmt: skip

MINE = f"where tenant_id = :tenant and {of_contact()}"
CASES = (
    "select process, v.ref from visit v cross join (values ('maintenance.visit'), "
    f"('maintenance.scheduling')) of(process) where v.tenant_id = :tenant and v.{of_contact()} "
    f"union all select 'maintenance.technician', ref from technician {MINE} "
    "union all select p.process, p.ref from process_case p join technician t on t.tenant_id = p.tenant_id "
    "and t.ref = regexp_replace(p.ref, '[.][0-9]{8}$', '') where p.tenant_id = :tenant "
    f"and p.process = 'maintenance.round' and t.{of_contact()}"
)
OPEN = (
    f"select 'visit', ref from visit {MINE} and state in ('to_plan', 'planned', 'started') "
    f"union all select 'technician', ref from technician {MINE} and state = 'active'"
)
RELATIONS = (
    "select contact_ref, case when state in ('to_plan', 'planned', 'started') then null "
    "else coalesce(ended_at::date, planned_on, updated_at::date) end from visit where tenant_id = :tenant "
    "union all select contact_ref, case when state = 'active' then null else updated_at::date end "
    "from technician where tenant_id = :tenant"
)
