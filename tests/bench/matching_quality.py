"""How well needs find their peers, on the labelled ones; needs no database."""

from tests.mentoring.labelled import ablations


def quality() -> dict[str, dict[str, float]]:
    """By what is left out (« all »: nothing), what `tests.mentoring.labelled.Measure` says."""
    return {
        name: {"precision": one.precision, "exact": one.exact, "first": one.first, "tempted": one.tempted}
        for name, one in ablations().items()
    }
