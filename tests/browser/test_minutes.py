"""Two people write one section at once, on their phones; one goes through a tunnel. A third has no scripts."""

from playwright.sync_api import Page, expect

from sessions.models import Minutes
from sessions.services.minutes import publish_minutes, reopen_minutes
from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.sessions.conclusions import make_day

SAVED = "Tout est enregistré"


def said(page: Page, section: str = "Ce qui a été dit") -> str:
    return page.get_by_label(section, exact=True).input_value()


def test_two_phones_write_one_section_and_one_loses_the_network(site: Site, visit: Visitors) -> None:
    day = make_day(("elected", "agent"), people=2)
    session, (one, two) = day.groups["elected"], day.people["elected"]
    address = f"{session.get_absolute_url()}compte-rendu/"
    anne, bruno = visit.on_phone(one), visit.on_phone(two)
    fields = []
    for page in (anne, bruno):
        page.goto(address)
        expect(page.locator("shared-minutes[data-ready]")).to_be_attached()
        fields.append(page.get_by_label("Ce qui a été dit", exact=True))
    site.wait_for_watchers(f"minutes.{session.pk}", 2)
    first, second = fields
    first.click()
    anne.keyboard.type("Le pont est fermé. ")
    expect(second).to_have_value("Le pont est fermé. ")
    # What comes from elsewhere leaves the caret where one writes: Anne goes on after « pont ».
    first.evaluate("field => field.setSelectionRange(7, 7)")
    second.click()
    second.evaluate("field => field.setSelectionRange(field.value.length, field.value.length)")
    bruno.keyboard.type("La région est d’accord 👍 ")
    expect(first).to_have_value("Le pont est fermé. La région est d’accord 👍 ")
    second.evaluate("field => field.setSelectionRange(0, 0)")
    bruno.keyboard.type("1. ")
    expect(first).to_have_value("1. Le pont est fermé. La région est d’accord 👍 ")
    anne.keyboard.type(" de Dole")
    expect(second).to_have_value("1. Le pont de Dole est fermé. La région est d’accord 👍 ")
    # In the tunnel Anne goes on, and Bruno too.
    anne.context.set_offline(True)
    anne.keyboard.type(", vieux de cent ans,")
    expect(anne.get_by_text("Hors ligne", exact=False).first).to_be_visible()
    second.press("Control+End")
    bruno.keyboard.type("Vote : oui.")
    expect(bruno.locator(".minutes-form__state")).to_have_text(SAVED)
    anne.context.set_offline(False)
    whole = "1. Le pont de Dole, vieux de cent ans, est fermé. La région est d’accord 👍 Vote : oui."
    for field in fields:
        expect(field).to_have_value(whole)
    expect(anne.locator(".minutes-form__state")).to_have_text(SAVED)
    # Undoing takes back one's own words alone.
    bruno.keyboard.press("Control+z")
    expect(first).not_to_have_value(whole)
    assert "vieux de cent ans" in said(anne)
    bruno.keyboard.press("Control+y")
    expect(first).to_have_value(whole)
    # A tab that is closed in the tunnel keeps what was typed: the next one sends it.
    anne.context.set_offline(True)
    anne.get_by_label("Suites").fill("Écrire au préfet")
    expect(anne.get_by_text("Hors ligne", exact=False).first).to_be_visible()
    tab = anne.context.new_page()
    anne.close()
    tab.context.set_offline(False)
    tab.goto(address)
    expect(tab.get_by_label("Suites")).to_have_value("Écrire au préfet")
    expect(bruno.get_by_label("Suites")).to_have_value("Écrire au préfet")
    # Without scripts, between the two.
    plain = visit(one, java_script_enabled=False)
    plain.goto(address)
    bruno.get_by_label("Présent·es").fill("Bruno")
    expect(tab.get_by_label("Présent·es")).to_have_value("Bruno")
    plain.get_by_label("Suites").fill("Écrire au préfet, et au maire")
    plain.get_by_role("button", name="Enregistrer").click()
    expect(plain.get_by_label("Présent·es")).to_have_value("Bruno")
    expect(bruno.get_by_label("Suites")).to_have_value("Écrire au préfet, et au maire")
    assert Minutes.objects.get(session=session).body == (
        f"## Présent·es\n\nBruno\n\n## Ce qui a été dit\n\n{whole}\n\n## Suites\n\nÉcrire au préfet, et au maire\n"
    )
    session.facilitators.add(two)
    tab.context.set_offline(True)
    tab.get_by_label("Suites").press("End")
    tab.keyboard.type(", et au préfet encore")
    publish_minutes(actor=two, session=session)
    expect(bruno.get_by_text("Le compte rendu vient d’être publié", exact=False).first).to_be_visible()
    expect(bruno.get_by_label("Suites")).to_have_attribute("readonly", "")
    # Words that come too late wait for the minutes to be opened again.
    tab.context.set_offline(False)
    expect(tab.get_by_text("a été publié avant vos derniers mots", exact=False).first).to_be_visible()
    reopen_minutes(actor=two, session=session)
    expect(bruno.get_by_label("Suites")).to_have_value("Écrire au préfet, et au maire, et au préfet encore")
    expect(bruno.get_by_label("Suites")).not_to_have_attribute("readonly", "")
    expect(tab.locator(".minutes-form__state")).to_have_text(SAVED)
    publish_minutes(actor=two, session=session)
    expect(tab.get_by_label("Suites")).to_have_attribute("readonly", "")
    tab.goto(address)
    expect(tab.get_by_text("et au préfet encore")).to_be_visible()
