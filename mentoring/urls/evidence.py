from django.urls import path

from mentoring.views.evidence import my_evidence

urlpatterns = [
    path("mes-traces/", my_evidence, name="my-evidence"),
]
