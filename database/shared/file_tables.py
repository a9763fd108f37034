"""The table of stored files, as queries see it."""

from sqlalchemy import BigInteger, Column, LargeBinary, Text

from database.base import tenant_table
from database.shared.tables import AT

file = tenant_table(
    "file", Column("id", Text, primary_key=True), Column("contact_ref", Text), Column("process", Text),
    Column("ref", Text), Column("retention", Text), Column("name", Text), Column("media_type", Text),
    Column("size", BigInteger), Column("sha256", Text), Column("shown_size", BigInteger),
    Column("secret", LargeBinary), Column("state", Text), Column("finding", Text), Column("kept_by", Text),
    Column("kept_at", AT), Column("scanned_at", AT), Column("removed_at", AT), Column("removed_for", Text),
    Column("swept_at", AT),
)  # fmt: skip
