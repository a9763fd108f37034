"""The lists of the console are those that are exported."""

from database.listings import LISTINGS as LISTINGS
