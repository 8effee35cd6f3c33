from django.urls import path

from mentoring.views.mentorship_course import mentorship_course, mentorship_invite
from mentoring.views.mentorships import (
    mentorship,
    mentorship_meet,
    mentorship_new,
    mentorship_terms,
    mentorships,
)
from mentoring.views.open_groups import open_groups

urlpatterns = [
    path("r/<slug:slug>/groupes/", open_groups, name="open-groups"),
    path("r/<slug:slug>/mentorats/", mentorships, name="mentorships"),
    path("r/<slug:slug>/mentorats/groupe/", mentorship_new, name="mentorship-new"),
    path("mentorats/<int:pk>/", mentorship, name="mentorship"),
    path("mentorats/<int:pk>/termes/", mentorship_terms, name="mentorship-terms"),
    path("mentorats/<int:pk>/rendez-vous/", mentorship_meet, name="mentorship-meet"),
    path("mentorats/<int:pk>/suite/", mentorship_course, name="mentorship-course"),
    path("mentorats/<int:pk>/inviter/", mentorship_invite, name="mentorship-invite"),
]
