"""Reports and who receives them, as queries see them."""

from sqlalchemy import ARRAY, Column, Date, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

report_subscription = tenant_table(
    "report_subscription", Column("ref", Text, primary_key=True), Column("report", Text),
    Column("subject", Text), Column("rhythm", Text), Column("formats", ARRAY(Text)), Column("locale", Text),
    Column("recipients", ARRAY(Text)), Column("created_at", AT), Column("created_by", Text),
    Column("ended_at", AT), Column("ended_by", Text),
)  # fmt: skip

report = tenant_table(
    "report", Column("ref", Text, primary_key=True), Column("report", Text), Column("subject", Text),
    Column("begins_on", Date), Column("ends_on", Date), Column("due_on", Date),
    Column("formats", ARRAY(Text)), Column("locale", Text), Column("recipients", ARRAY(Text)),
    Column("subscription_ref", Text), Column("state", Text), Column("problem", Text), Column("figures", Json),
    Column("asked_at", AT), Column("asked_by", Text), Column("made_at", AT),
)  # fmt: skip
