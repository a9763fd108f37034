"""How much the random tests try: `ECHEANCE_TESTS=nightly` asks for twenty times as much."""

import os

NIGHTLY = os.environ.get("ECHEANCE_TESTS", "") == "nightly"


def tries(usual: int, nightly: int) -> int:
    return nightly if NIGHTLY else usual
