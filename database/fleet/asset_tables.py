"""The tables of agencies, stations, batteries, swaps and costs, as queries see them."""

from sqlalchemy import BigInteger, Column, Date, Integer, Text

from database.base import tenant_table
from database.shared.tables import AT

agency = tenant_table(
    "agency", Column("ref", Text, primary_key=True), Column("name", Text), Column("manager_ref", Text),
    Column("opened_on", Date), Column("closed_on", Date), Column("new_target", Integer),
    Column("created_at", AT),
)  # fmt: skip

station = tenant_table(
    "station", Column("ref", Text, primary_key=True), Column("name", Text), Column("agency_ref", Text),
    Column("manager_ref", Text), Column("opened_on", Date), Column("closed_on", Date),
    Column("swap_price_minor", BigInteger), Column("currency", Text), Column("capacity_a_day", Integer),
    Column("open_minutes_a_day", Integer), Column("created_at", AT),
)  # fmt: skip

station_month = tenant_table(
    "station_month", Column("station_ref", Text, primary_key=True),
    Column("month_on", Date, primary_key=True), Column("target_minor", BigInteger),
    Column("refused", Integer), Column("open_minutes", Integer),
)  # fmt: skip

battery = tenant_table(
    "battery", Column("ref", Text, primary_key=True), Column("state", Text), Column("bike_ref", Text),
    Column("station_ref", Text), Column("placed_at", AT), Column("bought_on", Date),
    Column("cost_minor", BigInteger), Column("currency", Text), Column("cycles_before", Integer),
    Column("cycles", Integer), Column("created_at", AT),
)  # fmt: skip

swap = tenant_table(
    "swap", Column("ref", Text, primary_key=True), Column("station_ref", Text), Column("bike_ref", Text),
    Column("driver_ref", Text), Column("battery_in", Text), Column("battery_out", Text),
    Column("charge_in", Integer), Column("charge_out", Integer), Column("swapped_at", AT),
    Column("price_minor", BigInteger), Column("currency", Text), Column("channel", Text),
    Column("source", Text), Column("recorded_at", AT), Column("voided_at", AT), Column("void_reason", Text),
)  # fmt: skip

swap_month = tenant_table(
    "swap_month", Column("station_ref", Text, primary_key=True), Column("month_on", Date, primary_key=True),
    Column("swaps", Integer),
)  # fmt: skip

fleet_cost = tenant_table(
    "fleet_cost", Column("ref", Text, primary_key=True), Column("kind", Text), Column("subject_kind", Text),
    Column("subject_ref", Text), Column("incurred_on", Date), Column("amount_minor", BigInteger),
    Column("currency", Text), Column("channel", Text), Column("note", Text), Column("recorded_at", AT),
    Column("reversed_at", AT), Column("reversal_reason", Text),
)  # fmt: skip
