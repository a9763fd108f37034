"""Lists that become files."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, Text

from database.base import Json, tenant_table

export = tenant_table(
    "export", Column("id", Text, primary_key=True), Column("list", Text), Column("query", Json),
    Column("sorted", Text), Column("format", Text), Column("locale", Text), Column("state", Text),
    Column("done", Integer), Column("total", Integer), Column("size", BigInteger), Column("problem", Text),
    Column("file_id", Text), Column("asked_by", Text), Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
)  # fmt: skip
