"""The tables of the maintenance business, as queries see them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Text

from database.base import tenant_table
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
