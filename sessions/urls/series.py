from django.urls import URLPattern, path

from sessions.views import series

urlpatterns: list[URLPattern] = [
    path("series/<int:pk>/", series.series_page, name="series"),
    path("series/<int:pk>/rythme/", series.series_rule, name="series-rule"),
    path("series/<int:pk>/agenda.ics", series.series_ics, name="series-ics"),
]
