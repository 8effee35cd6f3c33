from django.urls import path

from mentoring.views.need_tasks import need_task_write, need_tasks
from mentoring.views.solicitations import solicitation, solicitation_new, solicitations

urlpatterns = [
    path("besoins/<int:need_pk>/solliciter/<int:user_pk>/", solicitation_new, name="solicitation-new"),
    path("sollicitations/", solicitations, name="solicitations"),
    path("sollicitations/<int:pk>/", solicitation, name="solicitation"),
    path("r/<slug:slug>/animation/besoins/", need_tasks, name="need-tasks"),
    path("r/<slug:slug>/animation/besoins/<int:pk>/ecrire/", need_task_write, name="need-task-write"),
]
