"""The tables of the maintenance business, as queries see them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY

from database.base import Json, tenant_table
from database.shared.tables import AT

service_contract = tenant_table(
    "service_contract", Column("ref", Text, primary_key=True), Column("customer_ref", Text),
    Column("level", Text), Column("starts_on", Date), Column("ends_on", Date), Column("notice_days", Integer),
    Column("tacit", Boolean), Column("amount_minor", BigInteger), Column("currency", Text),
    Column("state", Text),
)  # fmt: skip

renewal_answer = tenant_table(
    "renewal_answer", Column("contract_ref", Text, primary_key=True),
    Column("ends_on", Date, primary_key=True), Column("answer", Text), Column("answered_at", AT),
    Column("answered_by", Text),
)  # fmt: skip

technician = tenant_table(
    "technician", Column("ref", Text, primary_key=True), Column("contact_ref", Text), Column("state", Text),
    Column("start_latitude", Float), Column("start_longitude", Float),
    Column("end_latitude", Float), Column("end_longitude", Float),
    Column("skills", Json), Column("zones", ARRAY(Text)), Column("week", Json), Column("parts", Json),
    Column("per_hour_minor", BigInteger), Column("overtime_per_hour_minor", BigInteger),
    Column("per_km_minor", BigInteger), Column("per_day_minor", BigInteger), Column("updated_at", AT),
)  # fmt: skip

technician_absence = tenant_table(
    "technician_absence", Column("technician_ref", Text, primary_key=True),
    Column("begins_on", Date, primary_key=True), Column("ends_on", Date), Column("reason", Text),
)  # fmt: skip

visit = tenant_table(
    "visit", Column("ref", Text, primary_key=True), Column("contact_ref", Text), Column("work", Text),
    Column("address", Text), Column("latitude", Float), Column("longitude", Float),
    Column("duration_s", Integer), Column("skills", Json), Column("zone", Text), Column("parts", Json),
    Column("windows", Json), Column("not_before_on", Date), Column("due_on", Date),
    Column("promised_on", Date), Column("promised_s", Integer), Column("promise_tolerance_s", Integer),
    Column("promised_technician_ref", Text), Column("preferred_technician_ref", Text),
    Column("pinned_on", Date), Column("pinned_s", Integer), Column("pinned_technician_ref", Text),
    Column("urgency_minor", BigInteger), Column("penalty_minor", BigInteger), Column("optional", Boolean),
    Column("state", Text), Column("technician_ref", Text), Column("planned_on", Date),
    Column("planned_begins_s", Integer), Column("planned_ends_s", Integer), Column("position", Integer),
    Column("started_at", AT), Column("ended_at", AT), Column("updated_at", AT),
)  # fmt: skip

visit_link = tenant_table(
    "visit_link", Column("tie", Text, primary_key=True), Column("first_ref", Text, primary_key=True),
    Column("second_ref", Text, primary_key=True),
)  # fmt: skip

plan = tenant_table(
    "plan", Column("id", Text, primary_key=True), Column("kind", Text), Column("wish", Json),
    Column("state", Text), Column("problem", Json), Column("stood", Json), Column("routes", Json),
    Column("cost_minor", BigInteger), Column("unplanned", Integer), Column("solver", Text),
    Column("share", Float), Column("result", Json), Column("trouble", Text), Column("asked_by", Text),
    Column("created_at", AT), Column("updated_at", AT),
)  # fmt: skip

plan_acceptance = tenant_table(
    "plan_acceptance", Column("id", Text, primary_key=True), Column("plan_id", Text),
    Column("technician_refs", ARRAY(Text)), Column("before", Json), Column("accepted_at", AT),
    Column("accepted_by", Text), Column("undone_at", AT), Column("undone_by", Text),
)  # fmt: skip

service_round = tenant_table(
    "service_round", Column("technician_ref", Text, primary_key=True),
    Column("on_day", Date, primary_key=True), Column("acceptance_id", Text), Column("times", Json),
    Column("updated_at", AT),
)  # fmt: skip

slot_reservation = tenant_table(
    "slot_reservation", Column("id", Text, primary_key=True), Column("visit_ref", Text),
    Column("technician_ref", Text), Column("on_day", Date), Column("begins_s", Integer),
    Column("ends_s", Integer), Column("state", Text), Column("held_at", AT), Column("expires_at", AT),
    Column("updated_at", AT),
)  # fmt: skip
