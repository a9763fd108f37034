"""Who may do what: one table of permissions and roles, read as it stands.

``all`` reaches everything of the tenant, ``own`` what belongs to the person (the contract of a driver, the
students of a tutor, the projects of a client), a dot nothing. A person with several roles has the widest
reach of each. A key of the API has permissions of its own, and no role.
"""

from collections.abc import Collection, Mapping

from domain.decision import Bilingual
from domain.errors import Mistake
from domain.principal import Extent, Principal

ROLES: Mapping[str, Bilingual] = {
    "administrator": Bilingual("administrateur", "administrator"),
    "operator": Bilingual("exploitant", "operator"),
    "finance": Bilingual("finances", "finance"),
    "planner": Bilingual("planificateur", "planner"),
    "technician": Bilingual("technicien", "technician"),
    "driver": Bilingual("conducteur", "driver"),
    "investor": Bilingual("investisseur", "investor"),
    "client_contact": Bilingual("contact d’un client", "client contact"),
    "internship_officer": Bilingual("responsable des stages", "internship officer"),
    "school_tutor": Bilingual("tuteur de l’école", "school tutor"),
    "company_tutor": Bilingual("tuteur de l’entreprise", "company tutor"),
    "student": Bilingual("étudiant", "student"),
}

SELF = "self"
"""What everybody may who was let in: ask about themselves. It stands in no table and in no key."""

STAFF = frozenset({"administrator", "operator", "finance", "planner", "technician", "internship_officer"})
"""Who works for the tenant; the others are the people it serves."""

POLICY = """
                        admin oper. finan plann tech. driver inves client offic school compan student
contacts:read           all   all   all   all   all   own    own   own    all   own    own    own
contacts:write          all   all   .     all   .     .      .     .      all   .      .      .
fleet:read              all   all   all   .     .     own    own   .      .     .      .      .
fleet:write             all   all   all   .     .     .      .     .      .     .      .      .
training:read           all   all   all   .     .     .      .     own    .     .      .      .
training:write          all   all   all   .     .     .      .     .      .     .      .      .
maintenance:read        all   all   all   all   all   .      .     own    .     .      .      .
maintenance:write       all   all   all   all   .     .      .     .      .     .      .      .
planning:read           all   all   all   all   own   .      .     .      .     .      .      .
planning:write          all   all   .     all   own   .      .     .      .     .      .      .
internships:read        all   all   .     .     .     .      .     .      all   own    own    own
internships:write       all   all   .     .     .     .      .     .      all   .      .      .
processes:read          all   all   all   all   .     .      .     .      all   .      .      .
processes:operate       all   all   .     .     .     .      .     .      all   .      .      .
alerts:read             all   all   all   all   .     .      .     .      all   .      .      .
alerts:write            all   all   all   all   .     .      .     .      all   .      .      .
rules:read              all   all   all   all   .     .      .     .      all   .      .      .
rules:write             all   .     .     .     .     .      .     .      .     .      .      .
rules:approve           all   .     .     .     .     .      .     .      .     .      .      .
reports:read            all   all   all   .     .     .      .     .      .      .     .      .
reports:write           all   all   all   .     .     .      .     .      .      .     .      .
events:write            all   all   .     .     .     .      .     .      .     .      .      .
imports:write           all   all   .     .     .     .      .     .      .     .      .      .
files:read              all   all   all   all   all   own    own   own    all   own    own    own
files:write             all   all   all   all   all   .      .     .      all   .      .      .
histories:read          all   all   .     .     .     .      .     .      .     .      .      .
people:read             all   all   .     .     .     .      .     .      .     .      .      .
people:write            all   .     .     .     .     .      .     .      .     .      .      .
keys:write              all   .     .     .     .     .      .     .      .     .      .      .
settings:read           all   all   all   all   .     .      .     .      all   .      .      .
settings:write          all   .     .     .     .     .      .     .      .     .      .      .
webhooks:read           all   .     .     .     .     .      .     .      .     .      .      .
webhooks:write          all   .     .     .     .     .      .     .      .     .      .      .
audit:read              all   .     .     .     .     .      .     .      .     .      .      .
privacy:read            all   .     .     .     .     .      .     .      .     .      .      .
privacy:write           all   .     .     .     .     .      .     .      .     .      .      .
"""

PERMISSIONS: Mapping[str, Bilingual] = {
    "contacts:read": Bilingual("lire les contacts", "read contacts"),
    "contacts:write": Bilingual("écrire les contacts", "write contacts"),
    "fleet:read": Bilingual("lire contrats et paiements", "read contracts and payments"),
    "fleet:write": Bilingual("écrire contrats et paiements", "write contracts and payments"),
    "training:read": Bilingual("lire projets et appels de fonds", "read projects and fund calls"),
    "training:write": Bilingual("écrire projets et appels de fonds", "write projects and fund calls"),
    "maintenance:read": Bilingual("lire les contrats d’entretien", "read maintenance contracts"),
    "maintenance:write": Bilingual("écrire les contrats d’entretien", "write maintenance contracts"),
    "planning:read": Bilingual("voir visites, tournées et plans", "see visits, rounds and plans"),
    "planning:write": Bilingual("planifier visites et tournées", "plan visits and rounds"),
    "internships:read": Bilingual("lire stages et livrables", "read placements and deliverables"),
    "internships:write": Bilingual("écrire stages et livrables", "write placements and deliverables"),
    "processes:read": Bilingual("voir les dossiers et leur histoire", "see cases and their timelines"),
    "processes:operate": Bilingual("suspendre, reprendre, arrêter", "pause, resume, stop"),
    "alerts:read": Bilingual("voir les alertes", "see alerts"),
    "alerts:write": Bilingual("prendre et clore les alertes", "take and close alerts"),
    "rules:read": Bilingual("lire les livres de règles", "read rule books"),
    "rules:write": Bilingual("écrire et publier des livres de règles", "write and publish rule books"),
    "rules:approve": Bilingual(
        "approuver la publication d’une autre personne", "approve what another publishes"
    ),
    "reports:read": Bilingual("lire rapports et exports", "read reports and exports"),
    "reports:write": Bilingual("demander rapports et exports", "ask for reports and exports"),
    "events:write": Bilingual("envoyer des événements", "send events"),
    "imports:write": Bilingual("importer des fichiers", "import files"),
    "files:read": Bilingual("lire documents et fichiers", "read documents and files"),
    "files:write": Bilingual("déposer des fichiers", "hand in files"),
    "histories:read": Bilingual(
        "lire en clair les historiques de Temporal", "read Temporal’s histories in clear"
    ),
    "people:read": Bilingual("voir les personnes et leurs rôles", "see people and their roles"),
    "people:write": Bilingual("inviter, changer les rôles, suspendre", "invite, change roles, suspend"),
    "keys:write": Bilingual("créer et révoquer des clés d’API", "make and revoke API keys"),
    "settings:read": Bilingual("lire les réglages", "read settings"),
    "settings:write": Bilingual("changer les réglages", "change settings"),
    "webhooks:read": Bilingual("voir les webhooks sortants", "see outbound webhooks"),
    "webhooks:write": Bilingual("régler et rejouer les webhooks", "set up and replay webhooks"),
    "audit:read": Bilingual("lire et exporter le journal d’audit", "read and export the audit trail"),
    "privacy:read": Bilingual("voir les demandes de personnes", "see requests of persons"),
    "privacy:write": Bilingual("exporter, effacer, retenir", "export, erase, hold"),
}

READ_BY: Mapping[str, tuple[str, ...]] = {
    "fleet": ("fleet:read",), "training": ("training:read",), "internships": ("internships:read",),
    "maintenance": ("maintenance:read", "planning:read"),
}  # fmt: skip
"""Who may see what about a business goes on: who reads it."""

FILES_OF: Mapping[str, str] = {
    "fleet.report": "reports:read", "fleet.intake": "imports:write",
    "platform.privacy_request": "privacy:write",
}  # fmt: skip
"""What files of these processes ask for beside `files:read`; of the others, to read their business."""


def _read(table: str) -> Mapping[str, Mapping[str, Extent]]:
    """By permission and role; the columns are in the order of ``ROLES``."""
    read: dict[str, dict[str, Extent]] = {}
    for line in table.strip().splitlines()[1:]:
        permission, *cells = line.split()
        reach = zip(ROLES, cells, strict=True)
        read[permission] = {role: Extent(cell) for role, cell in reach if cell != "."}
    return read


REACH = _read(POLICY)


def grants_of(roles: Collection[str]) -> dict[str, Extent]:
    """The widest reach of each permission. A role that is not known gives nothing."""
    found: dict[str, Extent] = {}
    for permission, reach in REACH.items():
        reached = {reach[role] for role in roles if role in reach}
        if reached:
            found[permission] = Extent.ALL if Extent.ALL in reached else Extent.OWN
    return found


def farther(roles: Collection[str], own: Mapping[str, Extent]) -> list[str]:
    """What these roles may do and who has the grants ``own`` may not: nobody gives more than they have."""
    if "*" in own:
        return []
    wanted = grants_of(roles)
    return [name for name, reach in wanted.items() if own.get(name) not in (Extent.ALL, reach)]


def may_read_files(who: Principal, process: str) -> bool:
    """Of everybody's. What is of no business, as lists are, is for who may do everything."""
    business = f"{process.partition('.')[0]}:read"
    needed = FILES_OF.get(process) or (business if business in PERMISSIONS else "*")
    return who.extent(needed) is Extent.ALL


def hidden_from(who: Principal) -> frozenset[str]:
    """Businesses whose cases, messages and alerts are not theirs to see. Nobody's key has its scopes."""
    if not who.roles:
        return frozenset()
    reach = grants_of(who.roles)
    seen = {name for name, by in READ_BY.items() if any(reach.get(one) is Extent.ALL for one in by)}
    return frozenset(READ_BY.keys() - seen)


def is_hidden(process: str, hidden: Collection[str]) -> bool:
    return process.partition(".")[0] in hidden


def is_staff(roles: Collection[str]) -> bool:
    return not STAFF.isdisjoint(roles)


def role_mistakes(roles: Collection[str]) -> list[Mistake]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown or not roles:
        mend = f"choose among {', '.join(ROLES)}"
        return [Mistake("roles", f"not a role: {', '.join(unknown) or 'none given'}", mend)]
    return []
