from django.urls import path

from mentoring.views.availability import my_availability

urlpatterns = [path("ma-disponibilite/", my_availability, name="my-availability")]
