"""What foresights hold of people: a contract’s possible life, under references and without names."""

from database.shared.holding import Act, Holding

HOLDINGS = (
    Holding(
        "foresight", "cases", "contract_ref = any(cast(:case_refs as text[]))", Act.DELETE,
        plain="kind assumption books at begins_on until_on sample state done total checkpoint result problem "
        "created_at updated_at",
        references="id contract_ref asked_by",
        term="export", dated="updated_at", over="state not in ('waiting', 'running')",
    ),
)  # fmt: skip
