"""What the tables of internships hold of students and tutors. Words about a student are the student's."""

from database.shared.holding import MUST_SAY, Act, Data, Ground, Holding, Wiped, of_contact

OF_THEIR_PLACEMENTS = (
    "placement_ref in (select p.ref from placement p where p.tenant_id = {table}.tenant_id "
    f"and p.{of_contact('student_ref')})"
)
IN_THREE = " or ".join(
    of_contact(one) for one in ("student_ref", "school_tutor_ref", "company_tutor_ref")
)  # fmt: skip
TOOK_PLACE = "ends_on >= :today and state = 'active'"


def _said(column: str, data: Data = Data.WORDS) -> Wiped:
    """Null stays null: whether it is there says in which state the deliverable is."""
    return Wiped(data, f"case when {column} is null then null else '[erased]' end")


HOLDINGS = (
    Holding(
        "placement", "internships", f"({IN_THREE})",
        plain="company starts_on ends_on state created_at",
        references="ref student_ref school_tutor_ref company_tutor_ref",
    ),
    Holding(
        "deliverable", "internships", OF_THEIR_PLACEMENTS.format(table="deliverable"), Act.WIPE,
        plain="kind due_on handed_in_at cancelled_at created_at", references="ref placement_ref file_id",
        wiped={"title": MUST_SAY, "handed_in_by": _said("handed_in_by", Data.IDENTITY),
               "file_name": _said("file_name"), "cancel_reason": _said("cancel_reason")},
    ),
    Holding(
        "due_date_change", "internships",
        "deliverable_ref in (select d.ref from deliverable d where d.tenant_id = due_date_change.tenant_id "
        f"and {OF_THEIR_PLACEMENTS.format(table='d').replace('placement_ref', 'd.placement_ref', 1)})",
        Act.WIPE, plain="to_on from_on at", references="deliverable_ref by", wiped={"reason": MUST_SAY},
    ),
)  # fmt: skip

GROUND = Ground(
    HOLDINGS,
    cases="select 'internships.deliverable', d.ref from deliverable d join placement p "
    "on p.tenant_id = d.tenant_id and p.ref = d.placement_ref "
    f"where d.tenant_id = :tenant and p.{of_contact('student_ref')} "
    "union all select 'internships.placement', ref from placement where tenant_id = :tenant "
    f"and {of_contact('student_ref')}",
    open=f"select 'placement', ref from placement where tenant_id = :tenant and ({IN_THREE}) "
    f"and {TOOK_PLACE}",
    relations=" union all ".join(
        f"select {one}, case when {TOOK_PLACE} then null else ends_on end from placement "
        "where tenant_id = :tenant"
        for one in ("student_ref", "school_tutor_ref", "company_tutor_ref")
    ),
)
