"""What the YAML parser found wrong, in both languages."""

import yaml

FRENCH = {
    "mapping values are not allowed in this context": "un « : » de trop, ou un retrait de trop",
    "found character that cannot start any token": "une tabulation, ou un signe qui ne commence rien",
    "did not find expected ',' or ']'": "il manque une virgule ou « ] »",
    "did not find expected ',' or '}'": "il manque une virgule ou « } »",
    "could not find expected ':'": "il manque « : »",
    "found unexpected end of stream": "des guillemets ou des crochets ne se ferment pas",
    "did not find expected key": "un retrait qui ne convient pas, ou un texte à mettre entre guillemets",
    "did not find expected '-' indicator": "un retrait qui ne convient pas, ou il manque « - »",
    "did not find expected node content": "il manque une valeur",
    "block sequence entries are not allowed in this context": "un « - » mal placé",
    "did not find expected <document start>": "du texte après la fin du livre, ou des guillemets de trop",
    "found unknown escape character": "une barre oblique \\\\ entre guillemets doubles",
}
HINT_FR = 'vérifiez les retraits et mettez les comparaisons entre guillemets, par exemple ">= 5"'
HINT_EN = 'check the indentation and put comparisons in quotes, for example ">= 5"'


def syntax_error(error: yaml.YAMLError) -> tuple[int, int, str, str]:
    """Line and column from 1, and the mend."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", None) or "not YAML")
    found = f" ({FRENCH[problem]})" if problem in FRENCH else ""
    return line, column, f"YAML illisible{found} : {HINT_FR}", f"unreadable YAML ({problem}): {HINT_EN}"
