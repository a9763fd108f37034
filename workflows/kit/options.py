"""How long activities may take, and how they are retried.

Trouble of a provider is not retried here: the step comes back *not done yet* and the next review, which reads
the facts again, decides whether it is still wanted. Retries are for our own database and processes.
"""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


class Options(TypedDict):
    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=500), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
)

REVIEW: Options = {"start_to_close_timeout": timedelta(seconds=20), "retry_policy": PATIENT}
EFFECT: Options = {"start_to_close_timeout": timedelta(seconds=40), "retry_policy": PATIENT}
