"""Folding: how names and texts are compared without case, accents or ligatures, alike in Python and in SQL."""

import re
import unicodedata

from django.db.models import Func, TextField

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "ø": "o", "’": "'"})
ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


def fold(text: str) -> str:
    """Lower case, no accents, ligatures written out: « Œuvre à Évry » -> "oeuvre a evry"."""
    decomposed = unicodedata.normalize("NFD", text.lower().translate(LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold_name(text: str) -> str:
    """`fold`, then words alone: « St-Étienne (Loire) » -> "saint etienne loire"."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


class Fold(Func):
    """The SQL twin of `fold` for the letters of European languages: our immutable function `peerhub_fold`."""

    function = "peerhub_fold"
    arity = 1
    output_field = TextField()


_LETTERS = "àáâãäåāăąçćčďèéêëēėęěìíîïīįłñńňòóôõöøōőŕřśšşťùúûüūůűųýÿžźż"
# Capitals are listed too: in a cluster of locale C, lower() knows ASCII alone.
_FROM = _LETTERS + _LETTERS.upper() + "’"
_TO = "".join(fold(char) for char in _FROM)

FOLD_SQL = f"""
CREATE OR REPLACE FUNCTION peerhub_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT lower(translate(
    replace(replace(replace(replace(replace(value, 'œ', 'oe'), 'Œ', 'oe'), 'æ', 'ae'), 'Æ', 'ae'), 'ß', 'ss'),
    '{_FROM}', '{_TO.replace("'", "''")}'))
$$;
"""
