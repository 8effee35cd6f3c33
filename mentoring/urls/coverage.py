from django.urls import path

from mentoring.views.coverage import map_of_network
from mentoring.views.nearby import nearby_territories

urlpatterns = [
    path("r/<slug:slug>/annuaire/carte/", map_of_network, name="map"),
    path("r/<slug:slug>/annuaire/territoires-proches/", nearby_territories, name="nearby"),
]
