"""`{% member_shell as shell %}`: the surroundings of the page, for the layouts."""

from django import template
from django.template.context import Context

from peerhub.people.models import Network
from peerhub.portal.shell import Shell

register = template.Library()


@register.simple_tag(takes_context=True)
def member_shell(context: Context) -> Shell | None:
    """The network is the page's own `network`, when the view gives one; None outside of a request;
    a view that gives a `shell` of its own (the style page) keeps it."""
    if "shell" in context:
        return context["shell"]  # type: ignore[no-any-return]
    request = context.get("request")
    network = context.get("network")
    if request is None:
        return None
    return Shell(request, network if isinstance(network, Network) else None)
