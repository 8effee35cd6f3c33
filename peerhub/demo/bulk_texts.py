"""Realistic texts in any number: made of the demo's own sentences, rendered once, told apart by a line of their own."""

import random
import re
from dataclasses import dataclass

from peerhub.demo import texts
from peerhub.demo.copying import escaped
from peerhub.demo.places import Atlas
from peerhub.text.markdown import render

# In exactly this share of the pool, and nowhere else: what the search figures are measured with.
COMMON_WORD = "mutualisation"
COMMON_SHARE = 0.17
COMMON_SENTENCE = "À mon sens, la mutualisation est la seule piste qui tienne dans la durée."
POOL = 3000


@dataclass(frozen=True)
class Body:
    """One text as COPY reads it."""

    source: str
    html: str
    plain: str


class Texts:
    """A pool of posts and titles; the same dice give the same pool."""

    def __init__(self, atlas: Atlas, dice: random.Random) -> None:
        self._dice = dice
        self._communes = [place.shown_name for place in atlas.places if place.kind == "commune"] or ["Bourg"]
        posts = [post.body for theme in texts.themes() for topic in theme.topics for post in topic.posts]
        self._posts = [body for body in posts if "mutualis" not in body.lower()]
        self._sentences = [
            sentence
            for body in self._posts
            if "\n" not in body
            for sentence in re.split(r"(?<=[.!?…]) ", body)
            if 40 < len(sentence) < 300
        ]
        self._titles = [topic.title for theme in texts.themes() for topic in theme.topics]
        marked = round(POOL * COMMON_SHARE)
        self.pool = [self._body(has_common_word=number < marked) for number in range(POOL)]

    def title(self, number: int) -> str:
        """Like no other: the subject, and where it is asked."""
        title = self._titles[number % len(self._titles)]
        return f"{title[:100]} ({self._dice.choice(self._communes)[:40]}, {number})"

    def line(self, number: int) -> Body:
        """The end of a post that makes it one of its kind, so that indexes hold as many words as in life."""
        text = f"Vu à {self._communes[number * 7919 % len(self._communes)]}, dossier {number}."
        return Body(escaped(f"\n\n{text}"), escaped(f"\n<p>{text}</p>"), escaped(f"\n\n{text}"))

    def _body(self, *, has_common_word: bool) -> Body:
        dice, roll = self._dice, self._dice.random()
        if roll < 0.45:
            text = " ".join(dice.sample(self._sentences, dice.randrange(1, 4)))
        elif roll < 0.75:
            text = dice.choice(self._posts)
        elif roll < 0.96:
            text = "\n\n".join(dice.sample(self._posts, 2))
        else:
            text = "\n\n".join(dice.sample(self._posts, dice.randrange(4, 8)))
        if has_common_word:
            text += f"\n\n{COMMON_SENTENCE}"
        rendered = render(text, names={})
        return Body(escaped(text), escaped(rendered.html), escaped(rendered.plain))
