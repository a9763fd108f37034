"""Where a person answers: a link that names the case and nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """``audience`` is the contact the link was sent to."""

    tenant: str
    process: str
    ref: str
    audience: str
