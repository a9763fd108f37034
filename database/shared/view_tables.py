"""Lists as somebody saved them."""

from sqlalchemy import Boolean, Column, DateTime, Text

from database.base import tenant_table

saved_view = tenant_table(
    "saved_view", Column("id", Text, primary_key=True), Column("person_id", Text), Column("list", Text),
    Column("name", Text), Column("query", Text), Column("shared", Boolean),
    Column("saved_at", DateTime(timezone=True)),
)  # fmt: skip
