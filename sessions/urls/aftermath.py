"""What a session leaves: decisions, opinions, the report that is waited for."""

from django.urls import URLPattern, path

from sessions.views import decisions, evaluations

_DECISION = "seances/<int:pk>/suites/<int:decision_pk>/"

urlpatterns: list[URLPattern] = [
    path("suites/", decisions.my_decisions, name="my-decisions"),
    path("seances/<int:pk>/suites/", decisions.decisions, name="decisions"),
    path("seances/<int:pk>/suites/compte-rendu/", decisions.report_waive, name="report-waive"),
    path(_DECISION, decisions.decision, name="decision"),
    path(f"{_DECISION}faite/", decisions.decision_done, name="decision-done"),
    path(f"{_DECISION}retirer/", decisions.decision_remove, name="decision-remove"),
    path("seances/<int:pk>/avis/", evaluations.evaluation, name="evaluation"),
]
