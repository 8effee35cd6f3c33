"""The addresses of the platform: each room brings its own table."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from peerhub.people.views.preferences import set_language
from peerhub.ui.views import choose_theme

# The administrator's pages are entered by the door of everyone: one form, one set of limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
handler400 = "peerhub.portal.views.errors.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("peerhub.portal.urls")),
    path("", include("peerhub.people.urls")),
    path("", include("peerhub.moderation.urls")),
    path("", include("forums.urls")),
    path("", include("sessions.urls")),
    path("", include("mentoring.urls")),
    path("notifications/", include("peerhub.notifications.urls")),
    path("fichiers/", include("peerhub.files.urls")),
    path("compte/", include("allauth.account.urls")),
    path("langue/", set_language, name="set_language"),
    path("apparence/", choose_theme, name="choose-theme"),
    path("admin/", admin.site.urls),
]

if settings.MODE != "production":
    urlpatterns += [
        path("courriels/", include("peerhub.mailbox.urls")),
        path("_ui/", include("peerhub.ui.urls")),
    ]
