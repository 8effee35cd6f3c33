from django.urls import path

from mentoring.views.needs import need, need_close, need_dismiss, need_drop, need_edit, need_new, need_search, needs

urlpatterns = [
    path("r/<slug:slug>/besoins/", needs, name="needs"),
    path("r/<slug:slug>/besoins/nouveau/", need_new, name="need-new"),
    path("besoins/<int:pk>/", need, name="need"),
    path("besoins/<int:pk>/modifier/", need_edit, name="need-edit"),
    path("besoins/<int:pk>/jeter/", need_drop, name="need-drop"),
    path("besoins/<int:pk>/chercher/", need_search, name="need-search"),
    path("besoins/<int:pk>/clore/", need_close, name="need-close"),
    path("besoins/<int:pk>/ecarter/<int:user_pk>/", need_dismiss, name="need-dismiss"),
]
