"""Templates of somebody who means harm: each ends quickly, is named, and the next message is written."""

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adapters.words import Words
from domain.errors import BadInput
from domain.message import Channel

HARM = {
    "a giant text": "{{ 'a' * 10**9 }}",
    "a text beyond all memory": "{{ 'a' * 10**15 }}",
    "a number that takes for ever": "{{ 9**(9**9) }}",
    "a product of giants": "{% set n = 7**400000 %}{% for i in range(9999) %}"
                           "{% set n2 = n * n * n %}{% endfor %}",
    "ranges in ranges": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "silent ranges": "{% for a in range(99999) if a and range(99999)|sum < 0 %}{% endfor %}",
    "chained replace": "{{ 'aaaaaaaaaa'" + ".replace('a', 'aaaaaaaaaa')" * 12 + " }}",
    "replace without end": "{% set x = ['a' * 10000] %}{% for i in range(99999) %}"
                           "{% set _ = x.append(x[-1].replace('a', 'aa')) %}{% endfor %}",
    "padding": "{{ '%999999999d' % 1 }}",
    "padding by a filter": "{{ 'a'|center(999999999) }}",
    "padding by format": "{{ '{:>999999999}'.format(1) }}",
    "a list that doubles": "{% set x = [1] %}{% for i in range(99) %}{% set _ = x.extend(x) %}{% endfor %}",
    "too much to read": "{% for i in range(99999) %}0123456789{% endfor %}",
    "a text that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a file that includes itself": "{% include 'harm.sms.fr.j2' %}",
    "much Latin": "{{ lipsum(n=99999) }}",
    "words joined for ever": "{{ (range(99999)|list * 99)|join('x' * 9999) }}",
    "sorting for ever": "{% for i in range(99999) %}{{ range(99999)|sort|reverse|list|length }}{% endfor %}",
    "indented": "{{ ('a\n' * 99999)|indent(99999) }}",
    "wrapped": "{{ ('a ' * 999999)|wordwrap(1) * 999 }}",
}  # fmt: skip
ESCAPES = (
    "{{ ''.__class__.__mro__ }}", "{{ name.__init__.__globals__ }}", "{{ money.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}", "{{ self.__init__ }}", "{{ lipsum.__globals__['os'] }}",
    "{{ ''|attr('__class__') }}", "{{ '{0.__class__}'.format(1) }}", "{{ '%(x)s'|format(x=money.__code__) }}",
    "{% include '../../settings.py' %}", "{% include '/etc/passwd' %}", "{% import 'os' as os %}",
    "{{ range.__self__ }}", "{{ joiner.__init__.__builtins__ }}", "{{ name.mro() }}", "{{ undefined_thing }}",
    "{{ namespace.__init__ }}", "{{ data.items.__self__ }}", "{{ 1 // 0 }}", "{{ money('x') }}",
    "{{ day(1) }}",
    "{% extends 'nothing' %}", "{{ 'a' ~~ }}",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("templates")
    (made / "good.sms.fr.j2").write_text("Bonjour {{ name }}", "utf-8")
    return made


@pytest.fixture
def words(folder: Path) -> Iterator[Words]:
    made = Words(folder)
    yield made
    made.close()


def write(words: Words, template: str = "good", **data: Any) -> str:
    return words.write(template, Channel.SMS, "fr", {"name": "Anne", **data}).text


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_harm_ends_quickly_and_the_next_message_is_written(folder: Path, words: Words, harm: str) -> None:
    (folder / "harm.sms.fr.j2").write_text(harm, "utf-8")
    assert write(words) == "Bonjour Anne"
    before, began = spent(), time.monotonic()
    with pytest.raises(BadInput) as told:
        write(words, "harm")
    assert told.value.mistakes[0].field.startswith("harm")
    assert write(words) == "Bonjour Anne"
    words.close()
    assert spent() - before < 8  # seconds of processor; the wall's clock is other people's, too
    assert time.monotonic() - began < 30


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("escape", ESCAPES)
def test_nothing_leads_out_of_a_template(folder: Path, words: Words, escape: str) -> None:
    (folder / "escape.sms.fr.j2").write_text(escape, "utf-8")
    try:
        made = write(words, "escape", data={"a": 1})
    except BadInput:
        made = ""
    assert not {"class", "module", "function", "root:", "object at"} & set(made.split())
    assert "<" not in made
    assert words.restarts == 0


def test_nothing_but_plain_values_comes_in(words: Words) -> None:
    assert write(words, name=date(2031, 3, 3)) == "Bonjour 2031-03-03"
    with pytest.raises(TypeError, match="PosixPath is no JSON"):
        write(words, name=Path())
    with pytest.raises(BadInput, match="facts are too long"):
        write(words, name="a" * 2**20)


def test_it_has_no_secret_of_ours_and_writes_no_file(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHEANCE_MASTER_KEYS", "hush-hush")
    assert write(words)
    there = Path(f"/proc/{words.pid}")
    assert b"hush-hush" not in (there / "environ").read_bytes()
    limits = (there / "limits").read_text()
    assert "Max file size             0                    0" in limits
    assert f"Max address space         {256 * 2**20}" in limits


def test_a_process_that_somebody_ends_is_started_again_and_nobody_notices(words: Words) -> None:
    write(words)
    assert words.pid
    os.kill(words.pid, signal.SIGKILL)
    assert write(words) == "Bonjour Anne"
    assert words.restarts == 1


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import time; time.sleep(60)", "it does not end"),
        ("import os; os.read(0, 9); os.write(1, b'x' * 9999999)", "breaks the process"),
        ("print('nonsense', flush=True); input()", "breaks the process"),
        ("import sys; sys.exit(3)", "breaks the process"),
    ],
)
def test_a_process_that_does_not_speak_our_language_holds_nobody_up(
    folder: Path, program: str, told: str
) -> None:
    words = Words(folder, timeout=1.0, command=(sys.executable, "-c", program))
    with pytest.raises(BadInput, match=told):
        write(words)
    assert words.pid is None


def test_many_threads_each_get_their_own_words(words: Words) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: write(words, name=f"nr {number}"), range(200)))
    assert made == [f"Bonjour nr {number}" for number in range(200)]
    assert words.restarts == 0
