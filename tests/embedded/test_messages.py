from pathlib import Path

from babel.messages.pofile import read_po

from peerhub.embedded.messages import collect

TEMPLATE = """{% load i18n %}
    {% translate "Bonjour" %}
  {% translate "Mai" context "mois" as month %}{{ _("Filtre") }}
{% blocktranslate count n=n trimmed %}
   {{ n }} message
{% plural %}
   {{ n }} messages
{% endblocktranslate %}
"""
SOURCE = """from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
x = _("Du code")
y = _(x)
z = _lazy("Plus tard")
"""


def test_sentences_of_code_and_templates_reach_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "forums").mkdir()
    (tmp_path / "forums" / "views.py").write_text(SOURCE)
    target = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    target.parent.mkdir(parents=True)
    target.write_text('msgid "Du code"\nmsgstr "Some code"\n\nmsgid "Disparu"\nmsgstr "Lost"\n')

    collect(tmp_path)

    with target.open("rb") as file:
        catalogue = read_po(file)
    assert {(message.id, message.context, message.string) for message in catalogue if message.id} == {
        ("Bonjour", None, ""),
        ("Mai", "mois", ""),
        ("Filtre", None, ""),
        (("%(n)s message", "%(n)s messages"), None, ("", "")),
        ("Du code", None, "Some code"),
        ("Plus tard", None, ""),
    }
