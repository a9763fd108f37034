"""One rules engine for the whole test run; its process starts with the first pattern asked."""

import atexit

from adapters.durable.client import DurableRules

ENGINE = DurableRules()
atexit.register(ENGINE.close)
