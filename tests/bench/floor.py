"""F, the floor that figures are divided by: the least that a page of 20 rows from a database can be in Django.

One query by index, twenty instances, a small template; no middleware, no session, no translation. It runs under
gunicorn (sync) and under granian, next to what is measured. `python -m tests.bench.floor` fills its table.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from peerhub import env

TOPICS, ROWS = 5_000, 20

settings.configure(
    SECRET_KEY="floor",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    DATABASES={"default": {**env.database(os.environ["DATABASE_URL"]), "CONN_HEALTH_CHECKS": False}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_I18N=False,
    USE_TZ=True,
    LOGGING_CONFIG=None,
)
django.setup()


class Post(models.Model):
    topic = models.IntegerField(db_index=True)
    number = models.IntegerField()
    author = models.CharField(max_length=60)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "floor"
        db_table = "floor_post"


TEMPLATE = engines["django"].from_string(
    "<!doctype html><title>Floor</title><h1>{{ title }}</h1>{% for post in posts %}"
    '<article id="p{{ post.number }}"><h2>{{ post.author }}</h2><time>{{ post.created_at|date:"c" }}</time>'
    "<p>{{ post.body }}</p></article>{% endfor %}"
)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    posts = Post._default_manager.filter(topic=pk).order_by("number")[:ROWS]
    html = TEMPLATE.render({"title": f"Topic {pk}", "posts": posts}).encode()
    return HttpResponse(html, headers={"Content-Length": str(len(html))})


urlpatterns = [path("<int:pk>/", page)]
application = get_wsgi_application()


def fill() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('floor_post')")
        if cursor.fetchone()[0]:
            return
    with connection.schema_editor() as editor:
        editor.create_model(Post)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO floor_post (topic, number, author, body, created_at) "
            "SELECT topic, number, 'Marie Dupont', repeat('Bonjour à toutes et tous. ', 12), now() "
            "FROM generate_series(1, %s) topic, generate_series(1, %s) number",
            [TOPICS, ROWS],
        )
        cursor.execute("CREATE INDEX floor_topic_number ON floor_post (topic, number)")
        cursor.execute("VACUUM ANALYZE floor_post")


if __name__ == "__main__":
    fill()
