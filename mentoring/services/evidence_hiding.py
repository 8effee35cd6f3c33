"""What the platform saw somebody do is theirs to show."""

from django.utils import timezone

from mentoring.models import Evidence
from peerhub.people.models import User


def hide_evidence(*, user: User, pk: int) -> bool:
    """Show and count it for nobody any more; False when it is not the person's own, or hidden already."""
    return bool(Evidence.objects.filter(pk=pk, user=user, hidden_at__isnull=True).update(hidden_at=timezone.now()))


def show_evidence(*, user: User, pk: int) -> bool:
    """Let those who may open it see it again; False when it is not the person's own, or shown already."""
    return bool(Evidence.objects.filter(pk=pk, user=user, hidden_at__isnull=False).update(hidden_at=None))
