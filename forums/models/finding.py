"""Searches that a person keeps, and the key to the feeds of what a person may read."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from peerhub.people.models import Network


class SavedSearch(models.Model):
    """A search that tells its owner of what it newly finds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=600, help_text="the query string of the search page")
    is_notifying = models.BooleanField(default=True)
    last_post = models.BigIntegerField(default=0, help_text="key of the newest post that was looked at")
    checked_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "query"], name="saved_search_unique")]

    def __str__(self) -> str:
        return f"saved search {self.pk}"


class FeedToken(models.Model):
    """Opens a person's Atom feeds to a reader that cannot sign in. Revoked by being deleted."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="forum_feed_token")
    token = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"feed token of {self.user_id}"
