"""The tables of the training business, as queries see them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Numeric, Text

from database.base import tenant_table
from database.shared.tables import AT

training_client = tenant_table(
    "training_client", Column("ref", Text, primary_key=True), Column("name", Text), Column("siren", Text),
    Column("iban", Text), Column("address", Text), Column("contact_ref", Text),
    Column("commission_bp", Integer),
)  # fmt: skip

project = tenant_table(
    "project", Column("ref", Text, primary_key=True), Column("client_ref", Text), Column("name", Text),
    Column("initial_budget_minor", BigInteger), Column("currency", Text),
    Column("threshold_minor", BigInteger), Column("threshold_percent", Numeric), Column("starts_on", Date),
    Column("closed_on", Date),
)  # fmt: skip

project_recipient = tenant_table(
    "project_recipient", Column("project_ref", Text, primary_key=True),
    Column("contact_ref", Text, primary_key=True),
)  # fmt: skip

training_session = tenant_table(
    "training_session", Column("ref", Text, primary_key=True), Column("project_ref", Text),
    Column("held_on", Date), Column("place", Text), Column("recorded_at", AT),
)  # fmt: skip

training = tenant_table(
    "training", Column("session_ref", Text, primary_key=True), Column("number", Integer, primary_key=True),
    Column("title", Text), Column("provider", Text), Column("cost_minor", BigInteger),
    Column("vat_bp", Integer), Column("cancelled_at", AT), Column("cancel_reason", Text),
)  # fmt: skip

fund_call_request = tenant_table(
    "fund_call_request", Column("project_ref", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("amount_minor", BigInteger), Column("note", Text),
    Column("requested_by", Text), Column("requested_at", AT),
)  # fmt: skip

fund_call = tenant_table(
    "fund_call", Column("project_ref", Text, primary_key=True), Column("number", Integer, primary_key=True),
    Column("opened_on", Date), Column("requested_minor", BigInteger), Column("opened_by", Text),
    Column("note", Text), Column("crossing", Integer), Column("state", Text), Column("closed_on", Date),
)  # fmt: skip

fund_call_answer = tenant_table(
    "fund_call_answer", Column("project_ref", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("answer", Text), Column("answered_minor", BigInteger),
    Column("answered_by", Text), Column("answered_at", AT),
)  # fmt: skip
