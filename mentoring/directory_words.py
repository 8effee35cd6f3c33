"""What the directory says of its order."""

from django.utils.translation import gettext as _

from mentoring.fit import Order


def order_line(order: Order) -> str:
    """The sentence above a list of people: why these come first."""
    if order.is_by_name:
        return _("Par ordre alphabétique.")
    if order.is_near_only:
        return _(
            "Beaucoup de monde répond : d’abord les personnes de votre département, puis par ordre alphabétique. "
            "Précisez votre recherche pour un tri plus fin."
        )
    likeness = ", ".join(str(one.label) for one in order.alike)
    if order.asks_a_thing and likeness:
        return _(
            "D’abord qui propose son aide sur ce sujet et le connaît le mieux, puis les situations proches de la vôtre "
            "(%(likeness)s)."
        ) % {"likeness": likeness}
    if order.asks_a_thing:
        return _("D’abord qui propose son aide sur ce sujet et le connaît le mieux.")
    if likeness:
        return _("D’abord les situations proches de la vôtre (%(likeness)s), puis par ordre alphabétique.") % {
            "likeness": likeness
        }
    return _("D’abord les personnes disponibles maintenant, puis par ordre alphabétique.")
