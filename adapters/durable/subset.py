"""The part of durable-rules in which it was found sound; anything else is refused before it is loaded.

Conjunctions of comparisons of whole numbers below 2**53 and of equalities of short words; a marker in every
clause; joins that compare two numbers, never equalities; an absence as the last clause; a catch-all in every
ruleset, for a session in which nothing fired cannot be emptied safely.
"""

import re
from typing import Any

CATCH_ALL = "asked"
MOST_RULES = 50
MOST_FACTS = 2_000
LARGEST = 2**53 - 1
COMPARISONS = ("$gt", "$gte", "$lt", "$lte")
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
ALIAS = re.compile(r"[a-z][a-z0-9_]{0,79}(\$not)?")
WORD = re.compile(r"[A-Za-z0-9_.:/-]{0,80}")
RESERVED = frozenset({"id", "sid"})


class Refused(Exception):
    """Outside the subset: a fault of whoever wrote the definition, not of the engine."""


def check_definition(rulesets: Any) -> None:
    """Raises Refused."""
    if not isinstance(rulesets, list) or not rulesets:
        raise Refused("a definition is a list of rulesets")
    for rules in rulesets:
        if not isinstance(rules, dict) or not 1 <= len(rules) <= MOST_RULES:
            raise Refused(f"a ruleset has 1 to {MOST_RULES} rules")
        if CATCH_ALL not in rules:
            raise Refused(f"a ruleset has a rule named {CATCH_ALL} that always fires")
        for name, rule in rules.items():
            _check_rule(name, rule)


def check_facts(facts: Any) -> None:
    """Raises Refused."""
    if not isinstance(facts, list) or not 1 <= len(facts) <= MOST_FACTS:
        raise Refused(f"a question has 1 to {MOST_FACTS} facts")
    for fact in facts:
        if not isinstance(fact, dict) or "mark" not in fact:
            raise Refused("a fact is a table with a mark")
        for name, value in fact.items():
            _check_field(name)
            _check_value(value)


def _check_rule(name: str, rule: Any) -> None:
    if (
        not NAME.fullmatch(name)
        or not isinstance(rule, dict)
        or not {"all"} <= rule.keys() <= {"all", "count"}
    ):
        raise Refused(f"rule {name!r} has clauses and perhaps a count")
    clauses, count = rule["all"], rule.get("count", 1)
    if not isinstance(clauses, list) or not 1 <= len(clauses) <= 8:
        raise Refused(f"rule {name!r} has 1 to 8 clauses")
    if not isinstance(count, int) or not 1 <= count <= 100 or (count > 1 and len(clauses) > 1):
        raise Refused(f"rule {name!r}: only a rule of one clause counts, from 1 to 100")
    for number, clause in enumerate(clauses):
        _check_clause(name, clause, last=number == len(clauses) - 1)


def _check_clause(rule: str, clause: Any, *, last: bool) -> None:
    if not isinstance(clause, dict) or len(clause) != 1:
        raise Refused(f"rule {rule!r}: a clause has one alias")
    alias, body = next(iter(clause.items()))
    if not ALIAS.fullmatch(alias) or (alias.endswith("$not") and not last):
        raise Refused(f"rule {rule!r}: an absence comes last")
    terms = body.get("$and") if isinstance(body, dict) and len(body) == 1 else None
    if not isinstance(terms, list) or not terms or not isinstance(terms[0], dict) or "mark" not in terms[0]:
        raise Refused(f"rule {rule!r}: a clause is a conjunction that begins with a mark")
    for term in terms:
        _check_term(rule, term)


def _check_term(rule: str, term: Any) -> None:
    if not isinstance(term, dict) or len(term) != 1:
        raise Refused(f"rule {rule!r}: a term has one comparison")
    name, value = next(iter(term.items()))
    if not name.startswith("$"):
        _check_field(name)
        _check_value(value)
        return
    if name not in COMPARISONS or not isinstance(value, dict) or len(value) != 1:
        raise Refused(f"rule {rule!r}: no comparison {name!r}")
    field, against = next(iter(value.items()))
    _check_field(field)
    if isinstance(against, dict) and len(against) == 1:
        alias, other = next(iter(against.items()))
        if not NAME.fullmatch(alias) or not isinstance(other, str):
            raise Refused(f"rule {rule!r}: a join names a clause and a field")
        _check_field(other)
    elif isinstance(against, str):
        raise Refused(f"rule {rule!r}: words are compared for equality only")
    else:
        _check_value(against)


def _check_field(name: Any) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        raise Refused(f"no field can be named {name!r}")


def _check_value(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Refused(f"{value!r} is neither a whole number nor a word")
    if isinstance(value, str) and not WORD.fullmatch(value):
        raise Refused(f"{value!r} is not a short word")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise Refused(f"{value} is too large to be compared exactly")
