"""The agora in three real browsers of three categories, and a fourth of the animator: all envelopes open at once."""

from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.browser.site import Site
from tests.sessions.conclusions import make_day, seal

TEXTS = {
    "elected": "Nous demandons du temps.",
    "agent": "Un mandat écrit, et le droit de rater.",
    "association": "Des conventions de trois ans.",
}


def test_three_categories_see_all_envelopes_open_at_once(site: Site, visit: Visitors) -> None:
    day = make_day(tuple(TEXTS), people=1)
    for category, text in TEXTS.items():
        seal(day, category, text)
    agora = day.agora.get_absolute_url()
    restitutions = f"{agora}restitutions/"
    elected, agent = visit(day.people["elected"][0]), visit.on_phone(day.people["agent"][0])
    association, animator = visit(day.people["association"][0]), visit(day.animator)
    # The page of the session and that of its restitutions are kept right alike.
    for page, address in ((elected, restitutions), (agent, agora), (association, restitutions)):
        page.goto(address)
        expect(page.get_by_text("3 enveloppes scellées sur 3.")).to_be_visible()
        expect(page.locator(".envelope")).to_have_count(0)
        page.evaluate("window.notReloaded = true")
    animator.goto(restitutions)
    site.wait_for_watchers(f"session.{day.agora.pk}", 4)
    animator.get_by_role("button", name="Ouvrir toutes les enveloppes").click()
    animator.get_by_role("button", name="Oui, tout ouvrir").click()
    for page in (elected, agent, association):
        expect(page.locator(".envelope")).to_have_count(3)
        for text in TEXTS.values():
            expect(page.locator(".envelope .prose", has_text=text)).to_be_visible()
        expect(page.locator(".envelope", has_text="Empreinte vérifiée")).to_have_count(3)
        expect(page.get_by_text("3 enveloppes scellées sur 3.")).to_have_count(0)
        assert page.evaluate("window.notReloaded")
    # Who comes later, and who has no socket, reads the same by loading the page.
    late = visit(day.people["elected"][0], java_script_enabled=False)
    late.goto(restitutions)
    expect(late.locator(".envelope")).to_have_count(3)
    late.get_by_role("link", name="Tout vérifier, et vérifier soi-même").click()
    expect(late.get_by_text("Empreintes vérifiées")).to_be_visible()
