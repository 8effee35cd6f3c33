"""The pictures of the documentation, taken from a demo that runs: `python -m tests.browser.pictures [ADDRESS]`.

Writes docs/pictures/NAME-{desktop,phone}.webp (each under 150 kB), and readme.webp, which shows two of them together.
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from peerhub.demo.accounts import PASSWORD
from tests.browser.chromium import launch_options

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {"desktop": ViewportSize(width=1280, height=860), "phone": ViewportSize(width=390, height=844)}
EMAIL = "elue@example.org"
MOST_BYTES = 150_000
# Chromium encodes: an empty page draws the picture and gives it back.
TO_WEBP = """async ([png, quality]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""
TOGETHER = """<style>
body {{ margin: 0; padding: 48px; display: flex; gap: 40px; background: #e9e3d6; width: max-content }}
img {{ block-size: 620px; border-radius: 22px; box-shadow: 0 12px 40px #0003 }}</style>
<img alt="" src="data:image/webp;base64,{desktop}">
<img alt="" src="data:image/webp;base64,{phone}">"""


def addresses(page: Page) -> dict[str, str]:
    """What to show: found by walking, since the demo's keys are not ours to know."""
    found = {"home": "/r/catalyseurs/", "directory": "/r/catalyseurs/annuaire/?q=cantine"}
    page.goto("/r/catalyseurs/discussions/alimentation/")
    answered = page.locator(".topic", has=page.locator(".topic__solved")).locator("a.topic__title")
    found["topic"] = (answered.first.get_attribute("href") or "").partition("?")[0]
    page.goto("/r/catalyseurs/seances/")
    found["session"] = page.locator("a.slot__title").nth(1).get_attribute("href") or ""
    return found


def open_as(chromium: Browser, address: str, size: str) -> Page:
    context = chromium.new_context(
        base_url=address, viewport=SIZES[size], locale="fr-FR", timezone_id="Europe/Paris", color_scheme="light"
    )
    page = context.new_page()
    page.goto("/compte/login/")
    page.locator("input[name=login]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button.button").first.click()
    page.wait_for_url("**/r/**")
    return page


def keep(encoder: Page, name: str, png: bytes) -> str:
    """Write it, as good as the limit allows; returns its base64."""
    for quality in (0.9, 0.8, 0.7, 0.6):
        encoded: str = encoder.evaluate(TO_WEBP, [base64.b64encode(png).decode(), quality])
        content = base64.b64decode(encoded)
        if len(content) <= MOST_BYTES:
            break
    (FOLDER / f"{name}.webp").write_bytes(content)
    sys.stdout.write(f"{name}.webp {len(content) // 1000} kB\n")
    return encoded


def main(address: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept: dict[str, str] = {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        encoder = chromium.new_page()
        for size in SIZES:
            page = open_as(chromium, address, size)
            for name, path in addresses(page).items():
                page.goto(path)
                page.wait_for_load_state("networkidle")
                kept[f"{name}-{size}"] = keep(encoder, f"{name}-{size}", page.screenshot())
        together = chromium.new_page(viewport={"width": 1600, "height": 720}, device_scale_factor=1)
        together.set_content(TOGETHER.format(desktop=kept["home-desktop"], phone=kept["topic-phone"]))
        keep(encoder, "readme", together.locator("body").screenshot())
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
