"""The tables of cash in hands, of operators' statements and of what was kept aside, as queries see them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

cash_agent = tenant_table(
    "cash_agent", Column("ref", Text, primary_key=True), Column("contact_ref", Text),
    Column("agency_ref", Text), Column("ceiling_minor", BigInteger), Column("currency", Text),
    Column("opened_on", Date), Column("closed_on", Date), Column("created_at", AT),
)  # fmt: skip

cash_deposit = tenant_table(
    "cash_deposit", Column("ref", Text, primary_key=True), Column("agent_ref", Text),
    Column("amount_minor", BigInteger), Column("currency", Text), Column("deposited_at", AT),
    Column("bank_ref", Text), Column("recorded_at", AT), Column("by", Text), Column("reversed_at", AT),
    Column("reversal_reason", Text),
)  # fmt: skip

operator_statement = tenant_table(
    "operator_statement", Column("id", Text, primary_key=True), Column("operator", Text),
    Column("from_on", Date), Column("until_on", Date), Column("sha256", Text), Column("lines", Integer),
    Column("refused", Json), Column("currency", Text), Column("by", Text), Column("recorded_at", AT),
)  # fmt: skip

statement_line = tenant_table(
    "statement_line", Column("statement_id", Text, primary_key=True),
    Column("line", Integer, primary_key=True), Column("transaction_id", Text), Column("occurred_at", AT),
    Column("amount_minor", BigInteger), Column("currency", Text), Column("contract_hint", Text),
    Column("payment_ref", Text), Column("twin_ref", Text), Column("state", Text), Column("note", Text),
    Column("by", Text), Column("at", AT),
)  # fmt: skip

kept_aside = tenant_table(
    "kept_aside", Column("id", Text, primary_key=True), Column("source", Text), Column("origin", Text),
    Column("ref", Text), Column("given", Json), Column("mistakes", Json), Column("state", Text),
    Column("at", AT), Column("by", Text), Column("answered_at", AT), Column("reason", Text),
    Column("result_ref", Text),
)  # fmt: skip
