"""A post as somebody else quotes it."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from forums.models import Post
from peerhub.people.models import User

QUOTE_CHARACTERS = 1000


def quote_for(user: User | AnonymousUser, pk: int) -> str:
    """The Markdown of a quote: who wrote it, with the address of the post, then its text without the quotes that it
    holds itself. `Post.DoesNotExist` for what the person may not see, and for what was removed."""
    post = (
        Post.objects.visible_to(user)
        .select_related("author")
        .only("body", "author__given_name", "author__family_name")
        .get(pk=pk)
    )
    lines = [line for line in post.body.splitlines() if not line.lstrip().startswith(">")]
    text = "\n".join(lines).strip()
    if len(text) > QUOTE_CHARACTERS:
        text = text[:QUOTE_CHARACTERS].rsplit(None, 1)[0] + " …"
    head = f"**[{escaped(post.author.full_name)}](/messages/{post.pk}/)**" + _("\u00a0:")
    quoted = "\n".join(f"> {line}".rstrip() for line in (head, "", *text.splitlines()))
    return f"{quoted}\n\n"


def escaped(name: str) -> str:
    """A name within the text of a link."""
    return "".join(f"\\{char}" if char in "[]\\`*_<>" else char for char in name)
