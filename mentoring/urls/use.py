from django.urls import path

from mentoring.views.use import use_report

urlpatterns = [path("r/<slug:slug>/animation/usages/", use_report, name="use-report")]
