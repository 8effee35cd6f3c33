"""Why a post is not what its author wrote."""

from django.db.models import Case, OuterRef, Subquery, TextField, Value, When

from forums.models import PostRevision

_BY_OTHERS = PostRevision.objects.filter(post=OuterRef("pk")).exclude(editor=OuterRef("author_id"))

# Of a row of posts: the reason of the last edit by somebody else than the author, "" without one. Looked for in edited
# posts alone.
EDIT_REASON = Case(
    When(edited_at__isnull=False, then=Subquery(_BY_OTHERS.order_by("-number").values("reason")[:1])),
    default=Value(""),
    output_field=TextField(),
)
