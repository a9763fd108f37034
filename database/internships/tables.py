"""The tables of the internships business, as queries see them."""

from sqlalchemy import Column, Date, Text

from database.base import tenant_table
from database.shared.tables import AT

placement = tenant_table(
    "placement", Column("ref", Text, primary_key=True), Column("student_ref", Text),
    Column("school_tutor_ref", Text), Column("company_tutor_ref", Text), Column("company", Text),
    Column("starts_on", Date), Column("ends_on", Date), Column("state", Text),
)  # fmt: skip

deliverable = tenant_table(
    "deliverable", Column("ref", Text, primary_key=True), Column("placement_ref", Text), Column("kind", Text),
    Column("title", Text), Column("due_on", Date), Column("handed_in_at", AT), Column("handed_in_by", Text),
    Column("file_name", Text), Column("cancelled_at", AT), Column("cancel_reason", Text),
    Column("file_id", Text),
)  # fmt: skip

due_date_change = tenant_table(
    "due_date_change", Column("deliverable_ref", Text, primary_key=True),
    Column("to_on", Date, primary_key=True), Column("from_on", Date), Column("reason", Text),
    Column("by", Text), Column("at", AT),
)  # fmt: skip
