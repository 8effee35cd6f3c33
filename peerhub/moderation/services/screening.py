"""Screening of what is about to be written: on the path of every message, so one cheap query at most, often none."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from peerhub.moderation.enums import HeldReason, NewcomerPolicy
from peerhub.moderation.models import NetworkRules
from peerhub.people.folding import fold
from peerhub.people.limits import within_limit
from peerhub.people.models import Membership, User

# How old the rules of a network may be in a process; who changes them sees it at once.
KEPT_SECONDS = 20.0
KNOWN_LIMIT = 50_000

_kept: dict[int, tuple[float, NetworkRules]] = {}
# (network, person) -> how many texts the person had written at least: members of long standing are not counted again.
_known: dict[tuple[int, int], int] = {}


@dataclass(frozen=True)
class Screening:
    """`refusal` is a sentence for the person, empty when the text may pass; `is_held`: it waits for approval, for these
    reasons (values of `HeldReason`)."""

    is_held: bool = False
    reasons: tuple[HeldReason, ...] = ()
    refusal: str = ""


def screen(
    *,
    author: User,
    membership: Membership | None,
    network_id: int,
    text: str,
    links: Iterable[str],
    is_topic: bool,
    written_count: Callable[[], int],
    is_new_text: bool = True,
) -> Screening:
    """What the rules of the network say of a text. Animators pass.

    `text` is plain (the title too, if any), `links` are the addresses in it. `written_count` counts what the author has
    published in the network, and is called only where the answer matters. `is_new_text` is off for what changes a text
    that was published: it counts in no limit.
    """
    if membership is None or membership.is_animator:
        return Screening()
    rules = rules_of(network_id)
    folded, hosts = folded_words(text), {host for link in links if (host := _host(link))}
    if refusal := _refused(rules, folded, hosts, where=_("les sujets") if is_topic else _("les messages")):
        return Screening(refusal=refusal)
    reasons = []
    if any(_holds(folded, term) for term in rules.held_words):
        reasons.append(HeldReason.WORD)
    if any(_is_under(host, domain) for host in hosts for domain in rules.held_domains):
        reasons.append(HeldReason.DOMAIN)
    is_new = rules.newcomer_policy != NewcomerPolicy.OPEN and _is_newcomer(rules, author, written_count)
    if is_new and rules.newcomer_policy == NewcomerPolicy.HELD:
        reasons.append(HeldReason.NEWCOMER)
    is_limited = is_new and rules.newcomer_policy == NewcomerPolicy.LIMITED
    if is_new_text and (refusal := _too_often(rules, author, is_limited=is_limited)):
        return Screening(refusal=refusal)
    return Screening(is_held=bool(reasons), reasons=tuple(reasons))


def rules_of(network_id: int) -> NetworkRules:
    """The rules of a network, or the defaults; at most `KEPT_SECONDS` old."""
    kept = _kept.get(network_id)
    if kept and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    try:
        rules = NetworkRules.objects.get(pk=network_id)
    except ObjectDoesNotExist:
        rules = NetworkRules(network_id=network_id)
    _kept[network_id] = (time.monotonic(), rules)
    return rules


def forget_rules(network_id: int) -> None:
    """They changed: read them again."""
    _kept.pop(network_id, None)
    for key in [key for key in _known if key[0] == network_id]:
        _known.pop(key, None)


def folded_words(text: str) -> str:
    """Words without case and accents, between spaces: « l’Élu » -> " l elu "."""
    return f" {' '.join(re.findall(r'[a-z0-9]+', fold(text)))} "


def folded_domain(text: str) -> str:
    """« https://WWW.Exemple.fr/page » -> "exemple.fr"; empty for what is none."""
    return _host(text if "//" in text else f"https://{text}")


def _host(link: str) -> str:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return host.lower().rstrip(".").removeprefix("www.")


def _holds(folded: str, term: str) -> bool:
    return f" {term} " in folded


def _is_under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _refused(rules: NetworkRules, folded: str, hosts: set[str], *, where: str) -> str:
    for term in rules.refused_words:
        if _holds(folded, term):
            return _("Ce réseau n’accepte pas « %(term)s » dans %(where)s.") % {"term": term, "where": where}
    for domain in rules.refused_domains:
        if any(_is_under(host, domain) for host in hosts):
            return _("Ce réseau n’accepte pas les liens vers %(domain)s.") % {"domain": domain}
    return ""


def _is_newcomer(rules: NetworkRules, author: User, written_count: Callable[[], int]) -> bool:
    key = (rules.network_id, author.pk)
    if _known.get(key, 0) >= rules.newcomer_posts:
        return False
    count = written_count()
    if count >= rules.newcomer_posts:
        if len(_known) >= KNOWN_LIMIT:
            _known.clear()
        _known[key] = count
    return count < rules.newcomer_posts


def _too_often(rules: NetworkRules, author: User, *, is_limited: bool) -> str:
    where = f"{rules.network_id}.{author.pk}"
    if is_limited and not within_limit("newcomer", where, times=rules.newcomer_per_day, seconds=86_400):
        return _("Vos premiers messages sont limités à %(count)s par jour dans ce réseau : à demain.") % {
            "count": rules.newcomer_per_day
        }
    if rules.per_hour and not within_limit("per-hour", where, times=rules.per_hour, seconds=3_600):
        return _("Ce réseau limite les messages à %(count)s par heure et par personne : gardez votre texte un peu.") % {
            "count": rules.per_hour
        }
    return ""
