"""The tables of what changed in contracts, as queries see them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

contract_change = tenant_table(
    "contract_change", Column("contract_ref", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("kind", Text), Column("changed_on", Date),
    Column("at", AT), Column("by", Text), Column("reason", Text), Column("before", Json),
    Column("after", Json),
)  # fmt: skip

due_before = tenant_table(
    "due_before", Column("contract_ref", Text, primary_key=True),
    Column("change_number", Integer, primary_key=True), Column("number", Integer, primary_key=True),
    Column("due_on", Date), Column("amount_minor", BigInteger), Column("principal_minor", BigInteger),
    Column("charge_minor", BigInteger), Column("kind", Text), Column("cumulative_minor", BigInteger),
)  # fmt: skip

settlement_quote = tenant_table(
    "settlement_quote", Column("contract_ref", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("quoted_on", Date), Column("last_on", Date),
    Column("currency", Text), Column("arrears_minor", BigInteger), Column("principal_minor", BigInteger),
    Column("charge_minor", BigInteger), Column("fees_minor", BigInteger), Column("fee_minor", BigInteger),
    Column("credit_minor", BigInteger), Column("given_back_minor", BigInteger),
    Column("amount_minor", BigInteger), Column("total_minor", BigInteger), Column("state", Text),
    Column("at", AT), Column("by", Text),
)  # fmt: skip

refund = tenant_table(
    "refund", Column("ref", Text, primary_key=True), Column("contract_ref", Text),
    Column("amount_minor", BigInteger), Column("currency", Text), Column("channel", Text),
    Column("paid_at", AT), Column("reason", Text), Column("recorded_at", AT), Column("by", Text),
)  # fmt: skip

bike_assignment = tenant_table(
    "bike_assignment", Column("contract_ref", Text, primary_key=True),
    Column("number", Integer, primary_key=True), Column("bike_ref", Text), Column("from_on", Date),
    Column("until_on", Date),
)  # fmt: skip
