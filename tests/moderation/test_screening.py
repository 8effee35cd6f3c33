"""What the rules of a network say of a text, and what asking costs."""

import pytest
from pytest_django import DjangoAssertNumQueries

from peerhub.moderation.enums import HeldReason
from peerhub.moderation.services import screening
from peerhub.moderation.services.screening import Screening, folded_domain, screen
from peerhub.moderation.services.settings import set_rules
from peerhub.people.models import Membership
from tests.moderation.builders import Stage

pytestmark = pytest.mark.django_db


class Counted:
    """How many texts one has written, and how often it was asked."""

    def __init__(self, number: int) -> None:
        self.number, self.asked = number, 0

    def __call__(self) -> int:
        self.asked += 1
        return self.number


def judge(
    member: Membership, text: str = "Bonjour", *links: str, written: Counted | None = None, is_topic: bool = False
) -> Screening:
    return screen(
        author=member.user,
        membership=member,
        network_id=member.network_id,
        text=text,
        links=links,
        is_topic=is_topic,
        written_count=written or Counted(0),
    )


def test_without_rules_everything_passes_and_nothing_is_counted(
    stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    written = Counted(0)
    with django_assert_num_queries(1):
        first = judge(stage.reader, "Bonjour", "https://exemple.fr/", written=written)
    with django_assert_num_queries(0):
        second = judge(stage.author, written=written)
    assert (first, second, written.asked) == (Screening(), Screening(), 0)


def test_first_texts_of_newcomers_are_held_then_not_counted_again(stage: Stage) -> None:
    set_rules(animator=stage.animator, newcomer_policy="held", newcomer_posts=2)
    written = Counted(1)
    held = judge(stage.reader, written=written)
    assert held == Screening(is_held=True, reasons=(HeldReason.NEWCOMER,))
    written.number = 2
    assert [judge(stage.reader, written=written) for _number in range(3)] == [Screening()] * 3
    assert written.asked == 2


def test_first_texts_of_newcomers_are_limited_by_day(stage: Stage) -> None:
    set_rules(animator=stage.animator, newcomer_policy="limited", newcomer_posts=5, newcomer_per_day=2)
    verdicts = [judge(stage.reader, written=Counted(number)) for number in range(3)]
    assert [bool(one.refusal) for one in verdicts] == [False, False, True]
    assert "limités à 2 par jour" in verdicts[2].refusal
    assert judge(stage.author, written=Counted(5)) == Screening()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Une ÉVASION fiscale", True),
        ("l’évasion", True),
        ("Évasions diverses", False),
        ("Gagnez de l’argent, vite", True),
        ("Gagnez beaucoup de l’argent", False),
    ],
)
def test_words_are_folded_and_whole(text: str, is_found: bool, stage: Stage) -> None:
    words = ["evasion", "gagnez de l argent"]
    set_rules(animator=stage.animator, held_words=words)
    assert judge(stage.reader, text) == (
        Screening(is_held=True, reasons=(HeldReason.WORD,)) if is_found else Screening()
    )
    set_rules(animator=stage.animator, held_words=[], refused_words=words)
    assert bool(judge(stage.reader, text, is_topic=True).refusal) == is_found


@pytest.mark.parametrize(
    ("link", "is_found"),
    [
        ("https://exemple.fr/page?x=1", True),
        ("http://WWW.Exemple.FR", True),
        ("https://sous.exemple.fr:8000/", True),
        ("https://moi@exemple.fr/", True),
        ("https://exemple.fr.autre.org/", False),
        ("https://monexemple.fr/", False),
        ("/sujets/12/", False),
        ("https://[mal", False),
    ],
)
def test_domains_hold_their_subdomains(link: str, is_found: bool, stage: Stage) -> None:
    set_rules(animator=stage.animator, held_domains=["exemple.fr"])
    assert judge(stage.reader, "Voir", link).reasons == ((HeldReason.DOMAIN,) if is_found else ())
    set_rules(animator=stage.animator, held_domains=[], refused_domains=["exemple.fr"])
    assert bool(judge(stage.reader, "Voir", link).refusal) == is_found


def test_refusal_comes_before_holding_and_names_what_is_refused(stage: Stage) -> None:
    set_rules(animator=stage.animator, newcomer_policy="held", refused_words=["pyramide"])
    assert judge(stage.reader, "Une pyramide") == Screening(
        refusal="Ce réseau n’accepte pas «\u00a0pyramide\u00a0» dans les messages."
    )


def test_rate_of_a_person(stage: Stage) -> None:
    set_rules(animator=stage.animator, per_hour=2)
    assert [bool(judge(stage.reader).refusal) for _number in range(3)] == [False, False, True]
    assert not judge(stage.author).refusal


def test_animators_pass(stage: Stage) -> None:
    set_rules(animator=stage.animator, newcomer_policy="held", refused_words=["pyramide"], per_hour=1)
    assert [judge(stage.animator, "Une pyramide") for _number in range(3)] == [Screening()] * 3


def test_changed_rules_are_seen_at_once(stage: Stage) -> None:
    assert judge(stage.reader, "Une pyramide") == Screening()
    set_rules(animator=stage.animator, refused_words=["pyramide"])
    assert judge(stage.reader, "Une pyramide").refusal


def test_rules_changed_in_another_process_are_seen_in_a_while(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    judge(stage.reader)
    kept = dict(screening._kept)
    set_rules(animator=stage.animator, refused_words=["pyramide"])
    screening._kept.update(kept)
    assert judge(stage.reader, "Une pyramide") == Screening()
    monkeypatch.setattr(screening, "KEPT_SECONDS", 0.0)
    assert judge(stage.reader, "Une pyramide").refusal


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("exemple.fr", "exemple.fr"),
        ("https://WWW.Exemple.fr/page", "exemple.fr"),
        ("//exemple.fr", "exemple.fr"),
        ("", ""),
        ("https://[mal", ""),
    ],
)
def test_domains_are_written_as_one_likes(written: str, folded: str) -> None:
    assert folded_domain(written) == folded
