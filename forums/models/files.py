"""Which posts show which files."""

from django.db import models

from forums.models.posts import Post
from peerhub.files.models import StoredFile


class PostFile(models.Model):
    """A post shows a file. Whose it is and who may open it is the file's own to say; a purged file takes its rows."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_files", db_index=False)
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "file"], name="post_file_unique")]

    def __str__(self) -> str:
        return f"file {self.file_id} of post {self.post_id}"
