"""The themes of the demo in a tree, the words of its network, and the places that its topics are about."""

from forums.enums import TopicKind
from forums.models import Forum, Tag, TagSynonym, Topic
from forums.services.tags import tag_slug
from peerhub.demo.discussions import Played
from peerhub.demo.settling import Settled
from peerhub.people.folding import fold

NETWORK = "catalyseurs"
# A theme -> the one above it.
ABOVE = {"filieres-locales": "alimentation", "financement": "ess"}
# A word of the network, its other words, and what in a title calls for it (folded).
WORDS = (
    ("Cantine", ("Restauration scolaire", "Self"), ("cantine", "legumerie", "pat ")),
    ("Circuits courts", ("Produits locaux",), ("farine", "laine", "abattoir", "legumerie", "bois communal")),
    ("Marchés publics", ("Achats", "Commande publique"), ("marche", "dsp", "clauses", "convention")),
    ("Subventions", ("Dossiers", "LEADER", "DETR"), ("leader", "detr", "appel a projets", "fonds de dotation")),
    ("Participation", ("Concertation",), ("participatif", "tirage au sort", "concertation", "jeunes", "rendre compte")),
    ("Bâtiment public", ("Écoles",), ("ecole", "batiment", "classes", "securite", "paille", "tiers-financement")),
    ("Mutualisation", ("Postes partagés",), ("mutualiser", "partag", "intercommunale", "a l'echelle")),
    ("Mobilité douce", ("Vélo", "Covoiturage"), ("velo", "covoiturage", "transport", "mobilite", "garage")),
    ("Association et commune", (), ("loyer", "la commune veut", "association", "collectivite au capital")),
)


def arrange(played: list[Played], settled: Settled) -> int:
    """Write all three; how many tags were put on topics."""
    network = settled.networks[NETWORK]
    forums = {forum.slug: forum for forum in Forum.objects.themed().filter(network=network)}
    for slug, above in ABOVE.items():
        Forum.objects.filter(pk=forums[slug].pk).update(parent=forums[above])
    topics = [one for one in played if one.topic.network_id == network.pk]
    _write_places(topics)
    tags = Tag.objects.bulk_create(Tag(network=network, slug=tag_slug(name), name=name) for name, _other, _in in WORDS)
    TagSynonym.objects.bulk_create(
        TagSynonym(network=network, tag=tag, slug=tag_slug(other), name=other)
        for tag, (_name, others, _in) in zip(tags, WORDS, strict=True)
        for other in others
    )
    put_on = [
        Topic.tags.through(topic_id=one.topic.pk, tag_id=tag.pk)
        for one in topics
        for tag, (_name, _others, called) in zip(tags, WORDS, strict=True)
        if any(part in fold(one.topic.title) for part in called)
    ]
    Topic.tags.through.objects.bulk_create(put_on)
    return len(put_on)


def _write_places(played: list[Played]) -> None:
    """A report tells of a place; so does every other question: that of who wrote it."""
    told = [
        one
        for number, one in enumerate(played)
        if one.topic.kind == TopicKind.REPORT or (one.topic.kind == TopicKind.QUESTION and number % 2)
    ]
    for one in told:
        one.topic.territory_id = one.scene.speakers[0].place.id
    Topic.objects.bulk_update([one.topic for one in told], ["territory"])
