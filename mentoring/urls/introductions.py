from django.urls import path

from mentoring.views.introductions import introduction, introductions

urlpatterns = [
    path("r/<slug:slug>/rencontres/", introductions, name="introductions"),
    path("rencontres/<int:pk>/", introduction, name="introduction"),
]
