"""The panel in a real browser: live, by keyboard, for a screen reader, in both languages, light and dark.

Chromium is Debian's, driven by Playwright; axe-core is the judge of accessibility. ``--full`` has axe judge every
state in every combination of language, colours and width; otherwise each state is judged in one of them.
"""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from boards import ADDED, card, every, hostile, snapshot
from media import need
from panels import served
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from linksync.host.daemon.board import Added, Board, Progress, Snapshot
from linksync.host.daemon.panel import Panel

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
COMBINATIONS = tuple(
    (language, scheme, size)
    for size, scheme, language in (
        (WIDE, "light", "nl"),
        (NARROW, "dark", "en"),
        (NARROW, "light", "nl"),
        (WIDE, "dark", "en"),
        (WIDE, "light", "en"),
        (NARROW, "dark", "nl"),
        (NARROW, "light", "en"),
        (WIDE, "dark", "nl"),
    )
)
NAMES = tuple(name for name, _ in every())
PATIENCE = 30_000


@pytest.fixture(scope="module")  # its loop and threads end here: other tests fork
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        yield running
        running.close()


@dataclass
class House:
    """A panel that is served, what was pressed on it, and what a browser complained of."""

    board: Board
    panel: Panel
    pressed: list[tuple[str, str]]
    complaints: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.panel.url}?t={self.panel.token}"

    def show(self, one: Snapshot, page: Page) -> None:
        """Put up a board, and wait until the page shows it."""
        if self.board.put_up(one):
            page.wait_for_function("version => window.linksyncVersion === version", arg=self.board.latest().version)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    board = Board(snapshot(card("daemon-reading")))
    with served(board, tmp_path) as (panel, pressed):
        found = House(board, panel, pressed)
        yield found
    assert found.complaints == []


@contextmanager
def opened(browser: Browser, house: House, **how: Any) -> Iterator[Page]:
    context: BrowserContext = browser.new_context(**({"viewport": WIDE, "locale": "nl-NL"} | how))
    try:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda told: house.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: house.complaints.append(str(error)))
        page.goto(house.address)
        expect(page.locator(".card:not(#empty) h2, #empty:not([hidden]) h2").first).to_be_visible(timeout=PATIENCE)
        yield page
    finally:
        context.close()


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    with opened(browser, house) as shown:
        yield shown


def heading(page: Page) -> Locator:
    return page.locator("#sticks h2").first


def judged(page: Page) -> list[str]:
    """What axe finds that is serious or worse, each with its rule and where."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def too_wide(page: Page) -> int:
    return int(page.evaluate("() => document.scrollingElement.scrollWidth - window.innerWidth"))


# Every state.


@pytest.mark.parametrize("combination", range(len(COMBINATIONS)))
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(
    browser: Browser, house: House, full: bool, combination: int
) -> None:
    language, scheme, size = COMBINATIONS[combination]
    boards = [one for at, (_, one) in enumerate(every()) if full or at % len(COMBINATIONS) == combination]
    with opened(browser, house, color_scheme=scheme, viewport=size, reduced_motion="reduce") as page:
        page.click(f"[data-language={language}]")
        for one in boards:
            house.show(one, page)
            said = [shown.sentence.slug for shown in one.cards]
            assert judged(page) == [], said
            assert too_wide(page) <= 0, said


@pytest.mark.parametrize(("scheme", "size"), [("light", NARROW), ("dark", WIDE)])
def test_axe_finds_nothing_serious_when_the_daemon_is_gone(
    browser: Browser, house: House, scheme: str, size: dict[str, int]
) -> None:
    with opened(browser, house, color_scheme=scheme, viewport=size, reduced_motion="reduce") as page:
        house.panel.close()
        expect(page.locator("#gone h2")).to_be_visible(timeout=PATIENCE)
        assert judged(page) == []
        assert too_wide(page) <= 0
        house.complaints.clear()  # the browser says that nobody answers: so it is


def test_the_judge_would_say_so(house: House, page: Page) -> None:
    page.evaluate("() => { const p = document.createElement('button'); document.body.append(p); }")
    assert any("button-name" in found for found in judged(page))


# Live.


def test_the_page_follows_the_board_without_a_reload(house: House, page: Page) -> None:
    page.evaluate("() => { window.stayed = true; document.querySelector('#sticks h2').stayed = true; }")
    for slug, words in (("daemon-writing", "op de stick geschreven"), ("daemon-safe", "De stick mag eruit.")):
        house.board.put_up(snapshot(card(slug)))
        expect(heading(page)).to_contain_text(words, timeout=PATIENCE)
    assert page.evaluate("() => window.stayed && document.querySelector('#sticks h2').stayed")
    expect(page.locator(".word")).to_have_text("Klaar")
    assert page.title().startswith("In orde ")


def test_only_a_stick_that_can_come_out_lights_the_whole_panel_green(house: House, page: Page) -> None:
    colour = "() => getComputedStyle(document.querySelector('#sticks .hero')).getPropertyValue('--bg').trim()"
    seen = {}
    for slug in ("daemon-safe", "daemon-stays", "daemon-eject-yourself", "daemon-verified-well"):
        house.show(snapshot(card(slug)), page)
        seen[slug] = page.evaluate(colour)
    assert seen.pop("daemon-safe") not in seen.values()


def test_progress_is_told_in_bytes_and_time_to_the_eye_and_to_a_screen_reader(house: House, page: Page) -> None:
    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", "41")
    expect(bar).to_have_attribute("aria-valuetext", "1,2\u00a0GB van 3,0\u00a0GB, nog 45 seconden")
    expect(page.locator(".amounts .left")).to_have_text("nog 45 seconden")
    width = "() => { const fill = document.querySelector('.fill'); return fill.style.width; }"
    assert page.evaluate(width).startswith("41.8")
    house.show(snapshot(card("daemon-reading", progress=Progress(done=5, total=5, seconds_left=0))), page)
    expect(bar).to_have_attribute("aria-valuenow", "100")
    house.show(snapshot(card("daemon-reading", progress=None)), page)
    expect(bar).to_have_count(0)


def test_a_screen_reader_hears_a_new_sentence_once_and_no_progress(house: House, page: Page) -> None:
    expect(page.locator(".said")).to_have_attribute("aria-live", "polite")
    page.evaluate(
        """() => {
            window.heard = 0;
            const all = {subtree: true, childList: true, characterData: true, attributes: true};
            const count = new MutationObserver((some) => { window.heard += some.length; });
            count.observe(document.querySelector(".said"), all);
        }"""
    )
    for done in range(10, 30):
        now = Progress(done=done * 10**7, total=2_960_000_000, seconds_left=60 - done)
        house.show(snapshot(card("daemon-reading", progress=now)), page)
    assert page.evaluate("() => window.heard") == 0
    house.show(snapshot(card("daemon-signing")), page)
    assert page.evaluate("() => window.heard") > 0


def test_a_stream_that_breaks_is_taken_up_again(house: House, page: Page) -> None:
    for client in list(house.panel._clients):  # as when a computer wakes up
        client.shutdown(2)
    house.board.put_up(snapshot(card("daemon-safe")))
    expect(heading(page)).to_have_text("De stick mag eruit.", timeout=PATIENCE)
    expect(page.locator("#gone h2")).to_have_count(0)
    house.complaints.clear()


def test_a_daemon_that_ended_is_said_and_nothing_can_be_pressed(house: House, page: Page) -> None:
    house.show(snapshot(card("daemon-ask")), page)
    house.panel.close()
    expect(page.get_by_role("alert")).to_contain_text("Het programma is gestopt.", timeout=PATIENCE)
    button = page.get_by_role("button", name="Overdragen")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    assert house.pressed == []
    house.complaints.clear()


def test_several_sticks_stand_side_by_side_the_newest_first_and_go_when_they_go(house: House, page: Page) -> None:
    one, two, three = (card("daemon-reading", id=name, name=name) for name in ("een", "twee", "drie"))
    house.show(snapshot(two, one), page)
    boxes = [box.bounding_box() for box in page.locator("#sticks .card").all()]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    house.show(snapshot(three, two, one), page)
    assert page.locator("#sticks .name").all_text_contents() == ["drie", "twee", "een"]
    house.show(snapshot(three, one), page)
    assert page.locator("#sticks .name").all_text_contents() == ["drie", "een"]
    house.show(snapshot(), page)
    expect(page.locator("#empty")).to_be_visible()


# By keyboard.


def tabbed_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("(it) => it === document.activeElement"):
            return
    raise AssertionError("Tab never gets there")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_button_is_pressed_by_keyboard_and_the_focus_is_not_lost_with_it(
    house: House, page: Page, key: str
) -> None:
    house.show(snapshot(card("daemon-ask")), page)
    button = page.get_by_role("button", name="Overdragen")
    tabbed_to(page, button)
    outline = button.evaluate("(it) => getComputedStyle(it).outlineStyle")
    assert outline == "solid", "who uses the keyboard sees where they are"
    page.keyboard.press(key)
    waiting = page.locator(".do button")
    expect(waiting).to_have_text("Even geduld…")
    page.keyboard.press(key)
    expect(waiting).to_have_attribute("aria-disabled", "true")
    page.wait_for_timeout(300)
    assert house.pressed == [("3", "hand-over")]
    house.show(snapshot(card("daemon-reading")), page)
    assert heading(page).evaluate("(it) => it === document.activeElement")


def test_a_button_that_came_too_late_says_so_and_can_be_pressed_again(house: House, page: Page) -> None:
    house.show(snapshot(card("daemon-ask", id="8")), page)
    button = page.locator(".do button")
    button.click()
    expect(page.locator(".trouble")).to_have_text("Dat kan nu niet meer.", timeout=PATIENCE)
    expect(button).to_have_text("Overdragen")
    expect(button).to_have_attribute("aria-disabled", "false")
    house.complaints.clear()  # the browser notes the 409


def test_no_update_takes_the_focus_from_where_somebody_is(house: House, page: Page) -> None:
    many = tuple(Added(path=f"data/map/bestand {n}.txt", bytes=n) for n in range(30))
    house.show(snapshot(card("daemon-stays-new", added=many)), page)
    more = page.locator(".added .more").first
    tabbed_to(page, more)
    page.keyboard.press("Enter")
    first = page.locator("#sticks .card").first
    expect(first.locator(".added li")).to_have_count(30)
    for count in (29, 28, 27):
        house.show(snapshot(card("daemon-stays-new", added=many[:count]), card("daemon-foreign", id="9")), page)
        assert more.evaluate("(it) => it === document.activeElement")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(first.locator(".added li")).to_have_count(27)


# Languages, colours, motion.


def test_the_language_changes_without_a_reload_and_is_remembered(house: House, page: Page) -> None:
    page.evaluate("() => { window.stayed = true; }")
    page.get_by_role("button", name="English").click()
    expect(heading(page)).to_have_text("The stick is being read.")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("progressbar")).to_have_attribute(
        "aria-valuetext", "1.2\u00a0GB of 3.0\u00a0GB, 45 seconds left"
    )
    assert page.evaluate("() => window.stayed")
    page.reload()
    expect(heading(page)).to_have_text("The stick is being read.", timeout=PATIENCE)
    page.get_by_role("button", name="Nederlands").click()
    expect(heading(page)).to_have_text("De stick wordt gelezen.")


def test_the_token_does_not_stay_in_the_address(house: House, page: Page) -> None:
    assert house.panel.token not in page.url
    assert house.panel.token not in page.content()


def test_who_wants_no_motion_gets_none(browser: Browser, house: House) -> None:
    moving = """() => [getComputedStyle(document.querySelector(".baton")).animationName,
        getComputedStyle(document.querySelector(".fill")).transitionDuration]"""
    with opened(browser, house, reduced_motion="no-preference") as page:
        assert page.evaluate(moving) == ["round", "0.4s"]
    with opened(browser, house, reduced_motion="reduce") as page:
        assert page.evaluate(moving) == ["none", "0s"]


def test_dark_is_dark(browser: Browser, house: House) -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    found = set()
    for scheme in ("light", "dark"):
        with opened(browser, house, color_scheme=scheme) as page:
            found.add(page.evaluate(ground))
    assert found == {"rgb(248, 250, 248)", "rgb(16, 26, 27)"}


# Strangers.


def test_hostile_names_are_shown_and_nothing_of_them_runs(house: House, page: Page) -> None:
    house.show(hostile(), page)
    page.get_by_role("button", name="English").click()
    assert page.evaluate("() => document.documentElement.dataset.owned") is None
    shown = page.locator("main").inner_text()
    assert "<script>document.documentElement.dataset.owned=1" in shown
    assert "\\u202egpj.exe.txt" in shown
    assert "\u202e" not in page.locator("body").inner_text()
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed").count() == 0


def test_a_name_of_a_thousand_characters_leaves_room_for_the_rest(browser: Browser, house: House) -> None:
    with opened(browser, house, viewport=NARROW) as page:
        long = Added(path="data/" + "x" * 1000 + ".pdf", bytes=1)
        house.show(snapshot(card("daemon-ask", added=(long, *ADDED))), page)
        assert too_wide(page) <= 0
        box = page.locator(".added li").first.bounding_box()
        assert box
        assert box["height"] < 300
        expect(page.locator(".added li .file").first).to_have_attribute("title", long.path)


class _Stranger(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.cookies.append(self.headers.get("Cookie") or "")  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>stranger</title><body>stranger")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def stranger() -> Iterator[tuple[str, list[str]]]:
    """A page of somebody else on this computer, and the cookies that it is sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Stranger)
    cookies: list[str] = []
    server.cookies = cookies  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", cookies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_page_of_a_stranger_reads_nothing_presses_nothing_and_is_sent_no_cookie(house: House, page: Page) -> None:
    place = page.evaluate("() => location.pathname")
    with stranger() as (address, cookies):
        other = page.context.new_page()
        other.goto(address)
        got = other.evaluate(
            """async ([panel, place]) => {
                const tried = async (path, how) => {
                    try { return (await fetch(panel + path, {credentials: "include", ...how})).status; }
                    catch (_) { return "no"; }
                };
                const json = {"Content-Type": "application/json", "X-Linksync-Token": "x"};
                const text = {"Content-Type": "text/plain"}, body = '{"card":"3","action":"hand-over"}';
                const all = [
                    await tried("board", {}),
                    await tried(place.slice(1) + "board", {}),
                    await tried(place.slice(1) + "do", {method: "POST", headers: json, body}),
                    await tried("do", {method: "POST", headers: text, body}),
                ];
                await tried(place.slice(1) + "do", {method: "POST", mode: "no-cors", body});
                const frame = document.createElement("iframe");
                frame.src = panel + place.slice(1);
                document.body.append(frame);
                await new Promise((done) => { frame.onload = done; setTimeout(done, 3000); });
                let inside = "closed";
                try { inside = frame.contentDocument ? "open" : "closed"; } catch (_) { /* closed */ }
                return [...all, inside];
            }""",
            [house.panel.url, place],
        )
        assert got == ["no", "no", "no", "no", "closed"]
        assert house.pressed == []
        assert set(cookies) == {""}
    house.complaints.clear()


def test_a_long_name_of_a_host_or_a_stick_breaks_itself_and_nothing_beside_it(browser: Browser, house: House) -> None:
    long = "Gemeenschappelijke-Regeling-Samenwerkingsverband-Noordoost-Fryslan-Informatievoorziening"
    with opened(browser, house, viewport=NARROW) as page:
        one_line = page.locator(".mark .nl").bounding_box()
        house.show(snapshot(card("daemon-ask", name=long), host_name=long), page)
        assert too_wide(page) <= 0
        box = page.locator(".mark .nl").bounding_box()
        assert one_line is not None
        assert box is not None
        assert (box["width"], box["height"]) == (one_line["width"], one_line["height"])
        assert "4\u00a0bestanden" in (page.locator("#sticks .rest").first.text_content() or "")
