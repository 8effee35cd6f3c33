from django.urls import path

from peerhub.portal.views import health, home

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("sante/vivant", health.alive, name="health-alive"),
    path("sante/pret", health.ready, name="health-ready"),
]
