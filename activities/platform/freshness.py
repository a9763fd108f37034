"""What every worker does beside its queues: take over rule files that changed, and keep what is shipped."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from activities.platform.publications import Books
from database.session import Database
from rules.library import Library

log = logging.getLogger("echeance.worker")


async def keep_books_fresh(database: Database, library: Library, every: float = 1.0) -> None:
    """Take over changed rule files. A broken one leaves the last valid revision in force and is logged.

    What is shipped is kept in the database, at once and when it changes.
    """
    shown: object = ()
    books, kept = Books(database, library), False
    while True:
        try:
            for name in await asyncio.to_thread(library.refresh):
                log.info("rule book %s: new revision %s", name, library.book(name).revision)
                kept = False
        except Exception:  # whatever it is, the next look may find the folder in order again
            log.exception("the rule books could not be looked at")
        if not kept:
            kept = await keep_shipped(books)
        await asyncio.sleep(every)
        if (problems := (*library.problems(), *library.passed_over())) != shown:
            shown = problems
            for problem in problems:
                log.error("rule book refused: %s", problem)


async def keep_shipped(books: Books) -> bool:
    """False while the database does not answer."""
    try:
        await books.keep_shipped()
    except (SQLAlchemyError, OSError) as error:
        log.warning("the shipped rule books are not kept yet: %s", type(error).__name__)
        return False
    return True
