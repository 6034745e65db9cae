"""The label in a real browser, with the fonts of this computer."""

from media import need
from playwright.sync_api import sync_playwright

from linksync.people.label import label_svg

_RIGHT_ENDS = (
    "[...document.querySelectorAll('text')].map(one => [one.textContent, one.getBBox().x + one.getBBox().width])"
)


def test_no_line_of_the_label_runs_past_the_rule() -> None:
    """The rule ends 8 mm before the edge of the paper, which no printer reaches everywhere."""
    drawn = label_svg("Slimmer Werken Estafette", f"SHA256:{'W' * 42}A", None, relay_id="slimmer-werken")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=need("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = running.new_page()
        page.set_content(drawn[drawn.index("<svg") :])
        ends = page.evaluate(_RIGHT_ENDS)
        running.close()
    assert [told for told in ends if told[1] > 97.5] == []
    assert len(ends) > 10
