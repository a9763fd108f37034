"""The tables of investors, as queries see them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Text

from database.base import tenant_table
from database.shared.tables import AT

investor_contract = tenant_table(
    "investor_contract", Column("ref", Text, primary_key=True), Column("investor_ref", Text),
    Column("kind", Text), Column("currency", Text), Column("amount_minor", BigInteger),
    Column("revenue_share_bp", Integer), Column("signed_on", Date), Column("ends_on", Date),
    Column("statement_day", Integer), Column("payout_days", Integer), Column("state", Text),
    Column("end_reason", Text), Column("ended_on", Date), Column("created_at", AT),
)  # fmt: skip

financing_share = tenant_table(
    "financing_share", Column("contract_ref", Text, primary_key=True),
    Column("bike_ref", Text, primary_key=True), Column("from_on", Date, primary_key=True),
    Column("until_on", Date), Column("share_bp", Integer),
)  # fmt: skip

investor_statement = tenant_table(
    "investor_statement", Column("contract_ref", Text, primary_key=True),
    Column("month_on", Date, primary_key=True), Column("currency", Text), Column("bikes", Integer),
    Column("collected_minor", BigInteger), Column("share_minor", BigInteger),
    Column("before_minor", BigInteger), Column("paid_minor", BigInteger),
    Column("payable_minor", BigInteger), Column("due_on", Date), Column("closed_at", AT),
    Column("document", Text),
)  # fmt: skip

investor_statement_line = tenant_table(
    "investor_statement_line", Column("contract_ref", Text, primary_key=True),
    Column("month_on", Date, primary_key=True), Column("bike_ref", Text, primary_key=True),
    Column("share_bp", Integer), Column("collected_minor", BigInteger), Column("earlier_minor", BigInteger),
    Column("share_minor", BigInteger),
)  # fmt: skip

investor_payout = tenant_table(
    "investor_payout", Column("ref", Text, primary_key=True), Column("contract_ref", Text),
    Column("kind", Text), Column("amount_minor", BigInteger), Column("currency", Text),
    Column("paid_on", Date), Column("channel", Text), Column("recorded_at", AT), Column("by", Text),
    Column("reversed_at", AT), Column("reversal_reason", Text),
)  # fmt: skip

collected_month = tenant_table(
    "collected_month", Column("contract_ref", Text, primary_key=True),
    Column("bike_ref", Text, primary_key=True), Column("month_on", Date, primary_key=True),
    Column("currency", Text, primary_key=True), Column("collected_minor", BigInteger),
    Column("payments", Integer),
)  # fmt: skip

due_month = tenant_table(
    "due_month", Column("contract_ref", Text, primary_key=True), Column("month_on", Date, primary_key=True),
    Column("due_minor", BigInteger), Column("dues", Integer),
)  # fmt: skip
