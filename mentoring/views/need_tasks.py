"""The needs without an answer, for who animates: since when, and what was tried; never what they say. To help, they
write to whoever asks."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from mentoring.need_task_forms import WordsForm
from mentoring.policies.needs import can_write_to_asker
from mentoring.queries import need_tasks as queries
from mentoring.services.need_tasks import finish_task, take_task, write_to_asker
from peerhub.people.http import allow, person, press, submit
from peerhub.people.policies import can_animate
from peerhub.people.queries import own_network_for
from peerhub.ui.shortcuts import integer, or_404, see_other

ACTS = {
    "take": (take_task, _("Les prochaines alertes de ce besoin vous reviennent.")),
    "done": (finish_task, _("Ce besoin n’est plus signalé.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_tasks(request: HttpRequest, slug: str) -> HttpResponse:
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_animate(membership))
    if request.method != "POST":
        context = {
            "network": network,
            "waiting": queries.waiting_needs(user, network),
            "finished": queries.conversations_about_finished(user, network),
            "user_pk": user.pk,
        }
        return render(request, "mentoring/need_tasks.html", context)
    act, task = ACTS.get(request.POST.get("act", "")), integer(request.POST.get("task", ""))
    if act is not None and task is not None:
        press(request, partial(act[0], animator=user, network=network, pk=task), act[1])
    return see_other("mentoring:need-tasks", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_task_write(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Write to whoever's need waits. Who is in that conversation already goes on there."""
    user = person(request)
    network, membership = or_404(own_network_for, user, slug)
    allow(can_animate(membership))
    task = or_404(queries.task_for, user, network, pk)
    if (topic := queries.conversation_about(user, task)) is not None:
        return see_other(topic)
    allow(can_write_to_asker(user, membership, task))
    author, days = task.need.author, queries.days_waited(task)
    form = WordsForm(request.POST if request.method == "POST" else None, name=author.given_name, days=days)
    said, status = submit(form, lambda: write_to_asker(animator=user, network=network, pk=pk, **form.cleaned_data))
    if said is not None:
        messages.success(
            request, _("Votre message est parti : %(name)s en est averti·e.") % {"name": author.given_name}
        )
        return see_other(said.topic)
    context = {"network": network, "task": task, "author": author, "days": days, "form": form}
    return render(request, "mentoring/need_task_write.html", context, status=status)
