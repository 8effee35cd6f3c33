from django.urls import path

from mentoring.views.actors import actor, actors, support, support_edit, support_new, supports

urlpatterns = [
    path("r/<slug:slug>/acteurs-ressources/", supports, name="supports"),
    path("r/<slug:slug>/acteurs-ressources/organisations/", actors, name="actors"),
    path("r/<slug:slug>/acteurs-ressources/<int:pk>/", actor, name="actor"),
    path("r/<slug:slug>/acteurs-ressources/<int:pk>/proposer/", support_new, name="support-new"),
    path("appuis/<int:pk>/", support, name="support"),
    path("appuis/<int:pk>/modifier/", support_edit, name="support-edit"),
]
