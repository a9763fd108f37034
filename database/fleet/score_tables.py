"""Scores of drivers, as queries see them."""

from sqlalchemy import BigInteger, Column, Computed, Date, Integer, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

driver_score = tenant_table(
    "driver_score", Column("driver_ref", Text, primary_key=True), Column("scored_on", Date, primary_key=True),
    Column("contract_ref", Text), Column("points", Integer), Column("band", Text), Column("outcome", Text),
    Column("rule", Text), Column("facts", Json), Column("reasons", Json), Column("revision", Text),
    Column("scored_at", AT),
)  # fmt: skip

driver_class = tenant_table(
    "driver_class", Column("driver_ref", Text, primary_key=True), Column("contract_ref", Text),
    Column("scored_on", Date), Column("points", Integer), Column("band", Text), Column("since_on", Date),
    Column("outcome", Text), Column("outcome_since_on", Date), Column("rule", Text), Column("why", Json),
    Column("points_week_ago", Integer), Column("band_week_ago", Text), Column("outcome_week_ago", Text),
    Column("points_change", Integer, Computed("points - points_week_ago")),
    Column("days_late", Integer), Column("arrears_minor", BigInteger), Column("currency", Text),
    Column("facts", Json), Column("reasons", Json), Column("levers", Json), Column("revision", Text),
    Column("left_on", Date),
)  # fmt: skip

score_run = tenant_table(
    "score_run", Column("scored_on", Date, primary_key=True), Column("state", Text), Column("total", Integer),
    Column("done", Integer), Column("changed", Integer), Column("after_ref", Text), Column("revision", Text),
    Column("problem", Text), Column("begun_at", AT), Column("ended_at", AT),
)  # fmt: skip

driver_review = tenant_table(
    "driver_review", Column("driver_ref", Text, primary_key=True),
    Column("opened_on", Date, primary_key=True), Column("rule", Text), Column("points", Integer),
    Column("band", Text), Column("answer_by_on", Date), Column("verdict", Text), Column("note", Text),
    Column("decided_by", Text), Column("decided_at", AT),
)  # fmt: skip
