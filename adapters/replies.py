"""What people answer to a text message when they want no more of them, or want them again."""

import re
import unicodedata


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain)


STOPS = {
    *_words("stop stopall arret arrete arreter arretez desabonner desabonnez desabonnement desabonne"),
    *_words("desinscrire desinscrivez desinscription desinscris"),
    *_words("unsubscribe unsub optout cancel quit end revoke"),
}
STARTS = {*_words("start unstop restart reabonner reabonnez reabonnement reinscrire reinscription")}
COURTESY = {
    *_words(
        "s m d l il te vous plait svp stp merci please thanks thank you bonjour bonsoir hello salut et ok"
    ),
    *_words("sms pub pubs texto textos message messages mail mails envoi envoyer notifications alertes"),
    *_words("a au aux de des du le les la ces ce vos tes mes my me moi je j i to the all want now"),
    *_words("veux voudrais souhaite aimerais tout tous toute toutes maintenant"),
}
NO_MORE = re.compile(
    r"\b(veux|souhaite|desire|voudrais) plus (recevoir|etre contacte|de (sms|messages?|textos?))\b"
    r"|\b(envoyez|envoie|ecrivez|ecris|contactez|contacte) plus\b"
    r"|\b(do not|don t) (text|message|contact) me\b"
)


def is_stop(text: str) -> bool:
    """True if the text is a stop word with nothing but courtesy around it, or says *no more messages*.

    ``stop`` inside another sentence (« je suis à l'arrêt de bus ») is left to a human reader.
    """
    words = _words(text)
    return _only(words, STOPS) or bool(NO_MORE.search(" ".join(words)))


def is_start(text: str) -> bool:
    """True if the text is a start word with nothing but courtesy around it."""
    return _only(_words(text), STARTS)


def _only(words: list[str], wanted: set[str]) -> bool:
    rest = [word for word in words if word not in wanted and not word.isdigit()]
    return any(word in wanted for word in words) and all(word in COURTESY for word in rest)
