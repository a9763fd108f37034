"""What technicians and visits are called by people; a problem itself knows only their ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Called:
    """``who`` is the customer, ``what`` the work, `Entretien de chaudière`."""

    who: str = ""
    what: str = ""
    address: str = ""


@dataclass(frozen=True)
class Names:
    """``title`` says whose rounds they are. ``zone`` is where the local midnights of the problem are."""

    title: str = ""
    technicians: Mapping[str, str] = field(default_factory=dict)
    visits: Mapping[str, Called] = field(default_factory=dict)
    zone: str = "Europe/Paris"

    def technician(self, id: str) -> str:
        return self.technicians.get(id) or id

    def visit(self, id: str) -> Called:
        return self.visits.get(id, NOTHING)

    def line(self, id: str) -> str:
        """`Entretien de chaudière, Agathe Perrillat`; the id when nothing is known."""
        called = self.visit(id)
        return ", ".join(filter(None, (called.what, called.who))) or id

    def spoken(self, text: str) -> str:
        """A sentence that was kept with references, as people say it. A reference of digits alone stays: it
        might be a day, an hour or an amount.
        """
        known = {**{one: self.line(one) for one in self.visits}, **self.technicians}
        known = {ref: name for ref, name in known.items() if any(map(str.isalpha, ref))}
        if not known:
            return text
        longest = sorted(known, key=len, reverse=True)
        pattern = rf"(?<![\w.-])({'|'.join(map(re.escape, longest))})(?![\w-]|\.\w)"
        return re.sub(pattern, lambda found: known[found[1]], text)


NOTHING = Called()
