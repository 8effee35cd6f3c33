"""The addresses of the forums, an area each."""

from django.urls import URLPattern

from forums.urls import acting, curating, finding, reading, writing

app_name = "forums"
urlpatterns: list[URLPattern] = [
    *writing.urlpatterns,
    *acting.urlpatterns,
    *curating.urlpatterns,
    *finding.urlpatterns,
    # The last: the address of a topic ends with any word.
    *reading.urlpatterns,
]
