"""What an error of the database says, wherever it is written down."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from database.session import Database


async def test_no_value_that_was_sent_is_repeated(database: Database) -> None:
    query = text("select 1 / length(replace(:phone, :phone, '')), :phone")
    with pytest.raises(DBAPIError) as broken:
        async with database.anyone() as tx:
            await tx.execute(query, {"phone": "+237655001122"})
    assert "division by zero" in str(broken.value)
    assert "+237655001122" not in str(broken.value)
