from django.urls import path

from peerhub.portal.views import desk, health, home, search, similar

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("r/<slug:slug>/", home.network_home, name="network-home"),
    path("r/<slug:slug>/animer/", desk.desk, name="desk"),
    path("r/<slug:slug>/semblables/", similar.similar, name="similar"),
    path("recherche/", search.search, name="search"),
    path("sante/vivant", health.alive, name="health-alive"),
    path("sante/pret", health.ready, name="health-ready"),
]
