"""What two books say differently, as counts and samples: it can be written down and taken up again."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

SAMPLED = 10

Count = tuple[str, ...]
"""What is counted: its kind, then what tells it from others of its kind."""

Example = dict[str, str]


@dataclass
class Samples:
    """Up to SAMPLED subjects of each change, every subject as likely as the others.

    They are those with the smallest hashes, so that neither the order of the looks nor an interruption
    changes who is shown. Of a subject its first look is kept.
    """

    seed: str = ""
    kept: dict[Count, list[tuple[str, Example]]] = field(default_factory=dict)

    def offer(self, change: Count, subject: str, example: Callable[[], Example]) -> None:
        mark = blake2b(f"{self.seed}\n{subject}".encode(), digest_size=8).hexdigest()
        mine = self.kept.setdefault(change, [])
        if len(mine) == SAMPLED and mark >= mine[-1][0]:
            return
        if any(known == mark for known, _ in mine):
            return
        mine.append((mark, {"subject": subject, **example()}))
        mine.sort(key=lambda pair: pair[0])
        del mine[SAMPLED:]

    def of(self, *change: str) -> list[Example]:
        return [example for _, example in self.kept.get(change, [])]


@dataclass
class Tally:
    """As large as the books are various, however many subjects were looked at."""

    counts: Counter[Count] = field(default_factory=Counter)
    samples: Samples = field(default_factory=Samples)

    def add(self, *what: str, times: int = 1) -> None:
        self.counts[what] += times

    def of(self, *what: str) -> int:
        return self.counts[what]

    def below(self, *kind: str) -> dict[Count, int]:
        """The counts of a kind, by what follows it."""
        size = len(kind)
        return {what[size:]: n for what, n in sorted(self.counts.items()) if what[:size] == kind}

    def state(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "counts": [[n, *what] for what, n in sorted(self.counts.items())],
            "seed": self.samples.seed,
            "samples": [
                [list(change), [list(one) for one in found]]
                for change, found in sorted(self.samples.kept.items())
            ],
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> "Tally":
        counts = Counter({tuple(what): n for n, *what in state["counts"]})
        kept = {tuple(change): [(mark, one) for mark, one in found] for change, found in state["samples"]}
        return cls(counts, Samples(state["seed"], kept))
