from django.urls import URLPattern, path

from peerhub.people.views.colours import colours
from peerhub.people.views.hats import hat_create, hat_end, hat_list
from peerhub.people.views.networks import hat_confirm, network_hat, network_join, network_leave, network_list
from peerhub.people.views.preferences import preferences
from peerhub.people.views.territories import territory_options

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("couleurs.css", colours, name="colours"),
    path("territoires/", territory_options, name="territory-options"),
    path("reseaux/", network_list, name="network-list"),
    path("r/<slug:slug>/rejoindre/", network_join, name="network-join"),
    path("r/<slug:slug>/quitter/", network_leave, name="network-leave"),
    path("r/<slug:slug>/casquette/", network_hat, name="network-hat"),
    path("r/<slug:slug>/membres/<int:pk>/confirmer/", hat_confirm, name="hat-confirm"),
    path("mes-casquettes/", hat_list, name="hat-list"),
    path("mes-casquettes/nouvelle/", hat_create, name="hat-create"),
    path("mes-casquettes/<int:pk>/ranger/", hat_end, name="hat-end"),
    path("mes-preferences/", preferences, name="preferences"),
]
