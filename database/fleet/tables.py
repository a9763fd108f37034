"""The tables of the fleet business, as queries see them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY

from database.base import Json, tenant_table
from database.shared.tables import AT

bike = tenant_table(
    "bike", Column("ref", Text, primary_key=True), Column("model", Text), Column("plate", Text),
    Column("state", Text), Column("bought_on", Date), Column("cost_minor", BigInteger),
    Column("currency", Text), Column("agency_ref", Text), Column("created_at", AT),
    Column("stolen_at", AT),
)  # fmt: skip

fleet_contract = tenant_table(
    "fleet_contract", Column("ref", Text, primary_key=True), Column("driver_ref", Text),
    Column("bike_ref", Text), Column("kind", Text), Column("state", Text), Column("currency", Text),
    Column("price_minor", BigInteger), Column("down_payment_minor", BigInteger),
    Column("instalments", Integer), Column("frequency", Text), Column("every_days", Integer),
    Column("first_due_on", Date), Column("signed_on", Date), Column("rest_days", ARRAY(Integer)),
    Column("holiday_rule", Text), Column("grace_days", Integer), Column("charge_kind", Text),
    Column("charge_value", BigInteger), Column("rounding", Integer), Column("end_reason", Text),
    Column("ended_at", AT), Column("created_at", AT), Column("total_minor", BigInteger),
    Column("agency_ref", Text), Column("end_kind", Text),
)  # fmt: skip

due = tenant_table(
    "due", Column("contract_ref", Text, primary_key=True), Column("number", Integer, primary_key=True),
    Column("due_on", Date), Column("amount_minor", BigInteger), Column("principal_minor", BigInteger),
    Column("charge_minor", BigInteger), Column("kind", Text), Column("cumulative_minor", BigInteger),
)  # fmt: skip

payment = tenant_table(
    "payment", Column("ref", Text, primary_key=True), Column("contract_ref", Text), Column("received_at", AT),
    Column("amount_minor", BigInteger), Column("currency", Text), Column("channel", Text),
    Column("source", Text), Column("recorded_at", AT), Column("reversed_at", AT),
    Column("reversal_reason", Text), Column("agent_ref", Text), Column("reversed_for", Text),
)  # fmt: skip

fleet_purse = tenant_table(
    "fleet_purse",
    Column("contract_ref", Text, primary_key=True),
    Column("paid_minor", BigInteger),
    Column("payments", Integer),
    Column("last_paid_at", AT),
    Column("unpaid_on", Date),
    Column("counted_until", Date),
    Column("counted_minor", BigInteger),
)

promise = tenant_table(
    "promise", Column("contract_ref", Text, primary_key=True), Column("promised_on", Date, primary_key=True),
    Column("until_on", Date, primary_key=True), Column("amount_minor", BigInteger, primary_key=True),
    Column("by", Text), Column("recorded_at", AT),
)  # fmt: skip

import_job = tenant_table(
    "import_job", Column("kind", Text, primary_key=True), Column("sha256", Text, primary_key=True),
    Column("last_line", Integer), Column("created", Integer), Column("unchanged", Integer),
    Column("refused", Integer), Column("began_at", AT), Column("finished_at", AT),
)  # fmt: skip

import_row = tenant_table(
    "import_row", Column("kind", Text, primary_key=True), Column("sha256", Text, primary_key=True),
    Column("line", Integer, primary_key=True), Column("ref", Text), Column("outcome", Text),
    Column("mistakes", Json),
)  # fmt: skip

intake = tenant_table(
    "intake", Column("id", Text, primary_key=True), Column("kind", Text), Column("sha256", Text),
    Column("name", Text), Column("size", BigInteger), Column("state", Text), Column("done", Integer),
    Column("total", Integer), Column("repeated", Boolean), Column("problem", Text), Column("mistakes", Json),
    Column("file_id", Text), Column("asked_by", Text), Column("created_at", AT), Column("updated_at", AT),
)  # fmt: skip
