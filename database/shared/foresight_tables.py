"""What was foretold."""

from sqlalchemy import Column, Date, DateTime, Integer, Text

from database.base import Json, tenant_table

AT = DateTime(timezone=True)

foresight = tenant_table(
    "foresight", Column("id", Text, primary_key=True), Column("kind", Text), Column("contract_ref", Text),
    Column("assumption", Json), Column("books", Json), Column("at", AT), Column("begins_on", Date),
    Column("until_on", Date), Column("sample", Integer), Column("state", Text), Column("done", Integer),
    Column("total", Integer), Column("checkpoint", Json), Column("result", Json), Column("problem", Text),
    Column("asked_by", Text), Column("created_at", AT), Column("updated_at", AT),
)  # fmt: skip
