"""The register of processing (RGPD, art. 30), made of what the tables really hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from database.privacy.registry import HOLDINGS
from database.shared.holding import Data
from domain.decision import Bilingual
from domain.platform.retention import LAWS, Category, Term

CONTRACT = Bilingual("exécution du contrat (art. 6, 1, b)", "performance of the contract (art. 6(1)(b))")
DUTY = Bilingual("obligation légale (art. 6, 1, c)", "legal obligation (art. 6(1)(c))")
INTEREST = Bilingual("intérêt légitime (art. 6, 1, f)", "legitimate interest (art. 6(1)(f))")
STAFF_ONLY = Bilingual("le personnel habilité", "authorised staff")
PROVIDERS = Bilingual(
    "le personnel habilité ; SendGrid et Twilio, sous-traitants de l’envoi",
    "authorised staff; SendGrid and Twilio, processors who deliver",
)
EVERYBODY = Bilingual(
    "conducteurs, clients, contacts, étudiants, tuteurs", "drivers, customers, contacts, students, tutors"
)


DATA = {
    Data.IDENTITY: Bilingual("identité", "identity"),
    Data.ADDRESS: Bilingual("coordonnées", "addresses"),
    Data.WORDS: Bilingual("textes libres et messages", "free texts and messages"),
    Data.ONLINE: Bilingual("données de connexion", "online identifiers"),
}


@dataclass(frozen=True)
class Processing:
    """An activity of processing. ``terms`` are the categories of the retention book that concern it all."""

    name: str
    title: Bilingual
    purpose: Bilingual
    basis: Bilingual
    people: Bilingual
    recipients: Bilingual = STAFF_ONLY
    terms: tuple[Category, ...] = ()


@dataclass(frozen=True)
class Entry:
    """``laws`` keep rows longer than their term."""

    processing: Processing
    tables: tuple[str, ...]
    data: tuple[Data, ...]
    terms: tuple[Term, ...]
    laws: tuple[str, ...]


PROCESSINGS = (
    Processing(
        "contacts", Bilingual("Contacts", "Contacts"),
        Bilingual("savoir à qui l’on écrit, et par quel moyen", "know whom to write to, and how"),
        CONTRACT, EVERYBODY, terms=(Category.ENDED_RELATION, Category.INACTIVE),
    ),
    Processing(
        "cases", Bilingual("Dossiers et décisions", "Cases and decisions"),
        Bilingual("suivre chaque obligation jusqu’à son échéance", "watch each obligation until it is met"),
        CONTRACT, EVERYBODY,
    ),
    Processing(
        "messages", Bilingual("Messages", "Messages"),
        Bilingual("informer, rappeler, relancer", "inform, remind, chase"), CONTRACT, EVERYBODY, PROVIDERS,
    ),
    Processing(
        "documents", Bilingual("Documents et fichiers", "Documents and files"),
        Bilingual("remettre et recevoir des pièces", "issue and receive documents"), CONTRACT, EVERYBODY,
        terms=(Category.DOCUMENT, Category.REPORT, Category.EXPORT),
    ),
    Processing(
        "fleet", Bilingual("Contrats et paiements de motos", "Motorcycle contracts and payments"),
        Bilingual("vendre à crédit, encaisser, relancer", "sell on credit, collect, chase"), CONTRACT,
        Bilingual("conducteurs", "drivers"),
    ),
    Processing(
        "training", Bilingual("Projets de formation", "Training projects"),
        Bilingual("suivre budgets et appels de fonds", "follow budgets and fund calls"), CONTRACT,
        Bilingual("contacts des clients", "contacts of clients"),
    ),
    Processing(
        "maintenance", Bilingual("Contrats d’entretien", "Maintenance contracts"),
        Bilingual("informer avant l’échéance et renouveler", "inform before the end, and renew"), DUTY,
        Bilingual("clients", "customers"),
    ),
    Processing(
        "rounds", Bilingual("Tournées des techniciens", "Rounds of technicians"),
        Bilingual("planifier les visites et tenir les rendez-vous", "plan visits and keep appointments"),
        CONTRACT, Bilingual("clients et techniciens", "customers and technicians"),
    ),
    Processing(
        "internships", Bilingual("Stages", "Internships"),
        Bilingual("suivre les stages et leurs livrables", "follow placements and what is handed in"),
        CONTRACT, Bilingual("étudiants et tuteurs", "students and tutors"),
    ),
    Processing(
        "sign_in", Bilingual("Comptes et connexion", "Accounts and sign-in"),
        Bilingual("laisser entrer qui en a le droit", "let in who may come in"), INTEREST,
        Bilingual("personnes qui se connectent", "people who sign in"), PROVIDERS, (Category.INACTIVE,),
    ),
    Processing(
        "security", Bilingual("Journal et sécurité", "Trail and security"),
        Bilingual("prouver chaque acte et détecter les abus", "prove every act and detect abuse"), INTEREST,
        Bilingual("personnes qui agissent", "people who act"), terms=(Category.AUDIT,),
    ),
    Processing(
        "accounting", Bilingual("Comptabilité", "Accounting"),
        Bilingual("tenir les livres", "keep the books"), DUTY,
        Bilingual("références de dossiers, sans nom", "references of cases, no names"),
    ),
    Processing(
        "privacy", Bilingual("Droits des personnes", "Rights of persons"),
        Bilingual("répondre aux demandes sur les données", "answer requests about data"), DUTY, EVERYBODY,
    ),
    Processing(
        "webhooks", Bilingual("Webhooks sortants", "Outbound webhooks"),
        Bilingual("prévenir les outils du client, par références", "tell the tenant’s tools, by references"),
        INTEREST, Bilingual("références de dossiers, sans nom", "references of cases, no names"),
        Bilingual("les outils que le client désigne", "the tools that the tenant names"),
    ),
    Processing(
        "rules", Bilingual("Livres de règles", "Rule books"),
        Bilingual("savoir qui a décidé d’une règle", "know who decided on a rule"), INTEREST,
        Bilingual("administrateurs", "administrators"),
    ),
)  # fmt: skip


def register(terms: Iterable[Term]) -> list[Entry]:
    by_category = {term.category: term for term in terms}
    return [_entry(one, by_category) for one in PROCESSINGS]


def _entry(one: Processing, terms: dict[Category, Term]) -> Entry:
    holdings = [held for held in HOLDINGS if held.processing == one.name]
    categories = {*one.terms, *(Category(held.term) for held in holdings if held.term)}
    return Entry(
        one,
        tuple(held.table for held in holdings),
        tuple(sorted({data for held in holdings for data in held.data})),
        tuple(terms[category] for category in Category if category in categories),
        tuple(sorted({LAWS[held.law].fr for held in holdings if held.law})),
    )


def as_markdown(terms: Iterable[Term]) -> str:
    """The table in docs/privacy.md."""
    head = "| Traitement | Finalité | Base | Personnes | Données | Durée |\n"
    rule = "| --- | --- | --- | --- | --- | --- |\n"
    return head + rule + "".join(f"| {' | '.join(_cells(one))} |\n" for one in register(terms))


def _cells(one: Entry) -> list[str]:
    it = one.processing
    kept = "; ".join([*(f"`{term.category}` {term.told.fr}" for term in one.terms), *one.laws])
    data = ", ".join(DATA[data].fr for data in one.data)
    return [
        it.title.fr, it.purpose.fr, it.basis.fr, it.people.fr, data or "références",
        kept or "avec leur dossier",
    ]  # fmt: skip
