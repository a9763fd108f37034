"""What saved lists hold of people: who saved them, and what they typed to find somebody."""

from database.shared.holding import MUST_SAY, WORDS, Act, Holding, of_person

HOLDINGS = (
    Holding(
        "saved_view", "sign_in", of_person(), Act.DELETE, plain="list shared saved_at",
        references="id person_id", wiped={"name": MUST_SAY, "query": WORDS},
    ),
)  # fmt: skip
