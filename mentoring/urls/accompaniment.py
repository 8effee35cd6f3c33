from django.urls import path

from mentoring.views.accompaniment import accompaniment, mentorship_desk, thanks

urlpatterns = [
    path("mentorats/<int:pk>/suivi/", accompaniment, name="accompaniment"),
    path("sollicitations/<int:pk>/remercier/", thanks, name="thanks"),
    path("r/<slug:slug>/animation/mentorats/", mentorship_desk, name="mentorship-desk"),
]
