"""What reports hold of people: who receives them, by reference. Their figures are of things."""

from database.shared.holding import Holding

HOLDINGS = (
    Holding(
        "report_subscription", "fleet",
        plain="report subject rhythm formats locale created_at ended_at",
        references="ref recipients created_by ended_by",
    ),
    Holding(
        "report", "fleet",
        plain="report subject begins_on ends_on due_on formats locale state problem figures asked_at made_at",
        references="ref recipients subscription_ref asked_by",
    ),
)  # fmt: skip
