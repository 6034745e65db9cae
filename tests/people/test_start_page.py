"""The START pages: hostile names stay names, and the page fetches and runs nothing foreign."""

import base64
import datetime as dt
import hashlib
import html
import html.parser
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote_to_bytes, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linksync.custody import names
from linksync.people import texts
from linksync.people.start_page import (
    Hop,
    Item,
    Recipe,
    SealedHandoff,
    StartPage,
    Stop,
    read_me,
    render_html,
    render_text,
)

VOID = {"meta", "input", "br", "link", "img", "hr", "path", "rect"}
AMSTERDAM = dt.timezone(dt.timedelta(hours=1))

HOSTILE = (
    b"<script>document.documentElement.dataset.owned=1</script>.txt",
    b'"onmouseover="document.documentElement.dataset.owned=1" x=".txt',
    b"' autofocus onfocus='document.documentElement.dataset.owned=1.txt",
    b"<img src=x onerror=document.documentElement.dataset.owned=1>.txt",
    b"</style></script><svg onload=document.documentElement.dataset.owned=1>.txt",
    b"javascript:document.documentElement.dataset.owned=1",
    b"%41.txt",
    b"a#b?c=d&amp;.txt",
    b"&lt;b&gt;.txt",
    "\u202egpj.exe.txt".encode(),
    b"latin-1 \xe9\xff.txt",
    b"tab\tbell\x07.txt",
    b"{{ 7*7 }}{% raw %}.txt",
    b" space at both ends ",
    b"back\\slash.txt",
    "één 漢字 שלום.txt".encode(),
)


def item(path: bytes, **changes: object) -> Item:
    folder = path.rsplit(b"/", 1)[0] if path.count(b"/") > 1 else b""
    return replace(Item(path=path, size=1234, from_host="Gemeente Assen", contribution=folder), **changes)  # type: ignore[arg-type]


def page(**changes: object) -> StartPage:
    hop = Hop(
        number=1,
        host_name="Stichting Slimmer Werken",
        place="Utrecht",
        time=dt.datetime(2026, 11, 2, 14, 5, tzinfo=AMSTERDAM),
        added=1,
        bytes=1300,
    )
    handoff = SealedHandoff(folder="000001-slimmer-werken", holder="slimmer-werken", relay_version=1)
    whole = StartPage(
        relay_name="Slimmer Werken Estafette",
        link="0123456789abcdef" * 2,
        organiser_fingerprint="SHA256:" + "a" * 43,
        contact="estafette@example.org",
        privacy="Zet er geen namen op.",
        rights="Wie geeft, houdt zijn rechten.",
        languages=("nl", "en"),
        stops=(
            Stop(date=dt.date(2026, 11, 2), host_name="Stichting Slimmer Werken", place="Utrecht", passed=True),
            Stop(date=dt.date(2026, 11, 4), host_name="Gemeente Assen", place="Assen", passed=False),
        ),
        journey=(hop,),
        shared=(item(b"data/Bakkerij/brood.pdf"),),
        kept_for_organisers=3,
        more=2,
        waiting=1,
        recipe=Recipe(
            organiser="slimmer-werken",
            relay_versions=(1,),
            handoffs=(handoff,),
            head=1,
            head_folder=handoff.folder,
        ),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def hostile_page() -> StartPage:
    shared = tuple(item(b"data/<b>map</b>/" + name) for name in HOSTILE)
    evil = HOSTILE[0].decode()
    hop = replace(page().journey[0], host_name=evil, place=HOSTILE[3].decode())
    stop = replace(page().stops[1], host_name=HOSTILE[1].decode(), place=evil)
    return page(
        relay_name=evil,
        contact=HOSTILE[1].decode(),
        privacy=evil,
        rights=HOSTILE[4].decode(),
        journey=(hop,),
        stops=(stop,),
        shared=(*shared, item(b"data/m/x", title=evil, from_host=HOSTILE[3].decode())),
    )


@dataclass
class Reader(html.parser.HTMLParser):
    """Reads a page and holds every element to its end tag."""

    open: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"{tag} says something twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.elements if attribute in attrs]


def read(told: bytes) -> Reader:
    reader = Reader()
    reader.feed(told.decode())
    reader.close()
    assert reader.open == []
    return reader


def chromium(tmp_path: Path, address: str) -> str:
    """The page's elements after a real browser has loaded it."""
    program = shutil.which("chromium")
    assert program, "this test needs the program chromium"
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    flags += " --disable-component-update --disable-sync --virtual-time-budget=4000 --dump-dom"
    command = [program, *flags.split(), f"--user-data-dir={tmp_path / 'profile'}", address]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode()


def write(tmp_path: Path, told: bytes) -> str:
    (tmp_path / "START-HIER.html").write_bytes(told)
    return (tmp_path / "START-HIER.html").as_uri()


def test_the_same_page_gives_the_same_bytes() -> None:
    for render in (render_html, render_text, read_me):
        assert render(hostile_page()) == render(hostile_page())


def test_the_read_me_follows_from_name_and_contact_alone() -> None:
    other = page(journey=(), stops=(), shared=(), waiting=0, link="f" * 32, languages=("en",), privacy="", more=0)
    assert read_me(page()) == read_me(other)
    assert read_me(page()) != read_me(page(contact="b@example.org"))


def test_the_page_is_well_formed_whatever_the_names() -> None:
    for some in (page(), hostile_page(), page(journey=(), shared=(), contact="", privacy="", rights="")):
        reader = read(render_html(some))
        ids = reader.having("id")
        assert len(set(ids)) == len(ids)
        assert set(reader.having("for")) <= set(ids)
        assert {href[1:] for href in reader.having("href") if href.startswith("#")} <= set(ids)


def test_every_field_of_the_card_has_a_label() -> None:
    reader = read(render_html(page()))
    fields = [attrs for tag, attrs in reader.elements if tag in {"input", "textarea", "select"}]
    labelled = set(reader.having("for"))
    assert all(a["id"] in labelled or "aria-label" in a or a["type"] == "radio" for a in fields)
    for word in (
        "Titel",
        "Wie",
        "Waar geleerd",
        "Wat",
        "Trefwoorden",
        "Contact",
        "Mag iedereen dit zien?",
        "Licentie",
    ):
        assert any(word in text for text in reader.text)


def test_no_hostile_name_becomes_an_element_or_an_attribute() -> None:
    reader = read(render_html(hostile_page()))
    plain = read(render_html(page()))
    assert {tag for tag, _ in reader.elements} == {tag for tag, _ in plain.elements}
    assert sum(tag == "script" for tag, _ in reader.elements) == 1
    assert not any(name.startswith("on") or name == "style" for _, attrs in reader.elements for name in attrs)


def test_every_hostile_name_is_shown_escaped_and_whole() -> None:
    told = render_html(hostile_page()).decode()
    shown = "".join(read(told.encode()).text)
    for name in HOSTILE:
        assert names.escape(name) in shown
    assert not set("\u202e\x07\t") & set(told)


def test_a_link_is_nothing_but_a_relative_path() -> None:
    for href in read(render_html(hostile_page())).having("href"):
        assert re.fullmatch(r"\./[A-Za-z0-9._~%/-]*|#[a-z]+|mailto:[A-Za-z0-9@._+%-]+", href), href


def test_links_resolve_to_the_files_that_they_name(tmp_path: Path) -> None:
    base = os.fsencode(tmp_path)
    some = page(shared=tuple(item(b"data/een map #1/" + name) for name in (*HOSTILE, b"..txt", b"...")))
    for one in some.shared:
        path = base + b"/" + one.path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(one.path)
    told = read(render_html(some))
    hrefs = [attrs["href"] or "" for tag, attrs in told.elements if tag == "a" and "een%20map" in (attrs["href"] or "")]
    assert len(hrefs) == len(some.shared)
    found = set()
    for href in hrefs:
        url = urljoin("file://" + tmp_path.as_posix() + "/START-HIER.html", href)
        assert "?" not in url
        assert "#" not in url
        with open(unquote_to_bytes(url.removeprefix("file://")), "rb") as file:
            found.add(file.read())
    assert found == {one.path for one in some.shared}


@given(st.binary(min_size=1, max_size=80).filter(lambda path: names.path_fault(path) is None))
def test_any_path_comes_back_from_its_link(path: bytes) -> None:
    one = Item(path=path, size=0, from_host="", contribution=b"")
    assert unquote_to_bytes(one.href) == b"./" + path
    assert names.unescape(one.name) == path


@pytest.mark.parametrize("path", [b"/etc/passwd", b"../x", b"data/../../x", b"", b"a\nb"])
def test_a_path_that_leaves_the_stick_gets_no_item(path: bytes) -> None:
    with pytest.raises(ValueError, match="path-"):
        Item(path=path, size=0, from_host="", contribution=b"")


@pytest.mark.parametrize("folder", ["000001-a; rm -rf", "1-a", "000001-A", "../000001-a"])
def test_nothing_strange_comes_into_a_command(folder: str) -> None:
    with pytest.raises(ValueError, match="not a hand-off"):
        SealedHandoff(folder=folder, holder="a", relay_version=1)


def test_the_policy_names_exactly_the_style_and_the_script_of_the_page() -> None:
    told = render_html(hostile_page()).decode()
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', told)[0])
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", told, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    for rule in ("default-src 'none'", "img-src data:", "form-action 'none'", "base-uri 'none'"):
        assert rule in policy


def test_the_page_fetches_nothing() -> None:
    told = render_html(page()).decode()
    assert "http:" not in told
    assert "https:" not in told
    assert not read(told.encode()).having("src")
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|sendBeacon|<link|<iframe|<base", told)


def test_both_languages_are_there_and_the_relays_first_one_stands_in_front() -> None:
    for languages, first in ((("nl", "en"), "nl"), (("en",), "en"), (("fr",), "nl"), ((), "nl")):
        told = render_html(page(languages=languages)).decode()
        assert f'<html lang="{first}">' in told
        assert re.findall(r'id="taal-(..)" checked', told) == [first]
        assert "Geef je kennis mee" in told
        assert "Add your knowledge" in told


def test_whoever_holds_the_stick_can_read_it_is_said_right_before_the_form() -> None:
    told = render_html(page()).decode()
    for sentence in (
        "Wie deze stick in handen heeft, kan lezen wat erop staat",
        "Whoever holds this stick can read",
    ):
        between = told[told.index(sentence) : told.index('<form id="kaart-form"')]
        assert "<input" not in between
        assert (
            sentence in " ".join(render_text(page()).decode().split())
            or sentence.upper() in render_text(page()).decode()
        )


def test_the_text_is_for_an_old_notepad() -> None:
    for told in (render_text(hostile_page()), read_me(hostile_page())):
        assert told.count(b"\n") == told.count(b"\r\n") > 20
        assert b"\r" not in told.replace(b"\r\n", b"")
        assert not told.startswith(b"\xef\xbb\xbf")
        assert not set("\u202e\x07\t") & set(told.decode())


def test_the_text_lists_journey_stops_and_files() -> None:
    told = render_text(page()).decode()
    said = [
        "Stichting Slimmer Werken, Utrecht",
        "maandag 2 november 2026, 14:05 uur",
        "woensdag 4 november 2026",
    ]
    said += [
        "Wednesday 4 November 2026",
        "brood.pdf  (1,2 kB)",
        "brood.pdf  (1.2 kB)",
        "3 bestanden",
        "SHA256:" + "a" * 43,
    ]
    for line in said:
        assert line in told


@pytest.mark.parametrize(
    ("count", "dutch", "english"),
    [
        (0, "0 byte", "0 bytes"),
        (1, "1 byte", "1 byte"),
        (999, "999 byte", "999 bytes"),
        (1000, "1,0 kB", "1.0 kB"),
        (9_960, "10 kB", "10 kB"),
        (999_499, "999 kB", "999 kB"),
        (999_500, "1,0 MB", "1.0 MB"),
        (2_400_000_000, "2,4 GB", "2.4 GB"),
        (5 * 10**15, "5.000 TB", "5,000 TB"),
    ],
)
def test_sizes_are_said_as_people_say_them(count: int, dutch: str, english: str) -> None:
    assert texts.size(count, "nl") == dutch
    assert texts.size(count, "en") == english


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_text_stands_out_from_its_ground_by_light_and_by_dark() -> None:
    css = re.findall(r"<style>(.*?)</style>", render_html(page()).decode(), re.DOTALL)[0]
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in css.split("@media")[:2])
    pairs = [
        "ink paper",
        "soft paper",
        "link paper",
        "ink well",
        "paper chain",
        "on-band band",
        "on-baton baton",
    ]
    for colours in (light, light | dark):
        for pair in pairs:
            a, b = sorted((luminance(colours[name]) for name in pair.split()), reverse=True)
            assert (a + 0.05) / (b + 0.05) >= 4.5, pair


def test_in_a_real_browser_no_hostile_name_runs_and_our_own_script_does(tmp_path: Path) -> None:
    dom = chromium(tmp_path, write(tmp_path, render_html(hostile_page())))
    assert "data-owned" not in dom
    assert dom.count("<script") == 1
    assert re.search(r'<form id="kaart-form">', dom), "our own script did not run"
    assert not re.search(r"<[a-z]+ [^>]*\son[a-z]+=", dom)


def test_in_a_real_browser_the_policy_stops_a_foreign_script(tmp_path: Path) -> None:
    foreign = b"<script>document.documentElement.dataset.owned=1</script></body>"
    told = render_html(page()).replace(b"</body>", foreign)
    assert "data-owned" not in chromium(tmp_path, write(tmp_path, told))
    bare = re.sub(rb"<meta http-equiv[^>]*>", b"", told)
    assert "data-owned" in chromium(tmp_path, write(tmp_path, bare))


def test_in_a_real_browser_a_link_opens_its_file(tmp_path: Path) -> None:
    name = "%41 één #1?.txt"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_text("gevonden")
    address = write(tmp_path, render_html(page(shared=(item(b"data/" + name.encode()),))))
    href = next(h for h in read((tmp_path / "START-HIER.html").read_bytes()).having("href") if "%2541" in h)
    assert "gevonden" in chromium(tmp_path, urljoin(address, href))


def played(tmp_path: Path, some: StartPage, script: str) -> str:
    """What ``script`` leaves in ``told`` after it played a visitor; the policy is taken away for it alone."""
    told = re.sub(rb"<meta http-equiv[^>]*>", b"", render_html(some))
    end = f"<script>(async () => {{ const $ = (i) => document.getElementById(i); {script} }})()</script></body>"
    dom = chromium(tmp_path, write(tmp_path, told.replace(b"</body>", end.encode())))
    match = re.search(r'data-told="([^"]*)"', dom)
    assert match, "the visitor got nowhere"
    return html.unescape(match[1])


def test_in_a_real_browser_the_form_makes_a_card(tmp_path: Path) -> None:
    card = played(
        tmp_path,
        page(),
        """
        let blob, name;
        URL.createObjectURL = (b) => { blob = b; return "#"; };
        HTMLAnchorElement.prototype.click = function () { name = this.download; };
        $("kaart-titel").value = "Minder\\tverspilling"; $("kaart-wie").value = "Bakkerij Jansen ";
        $("kaart-wat").value = "Eén rooster.\\nMag iedereen dit zien? ja\\n";
        document.querySelector("#kaart-form button").click();
        document.documentElement.dataset.told = name + "|" + await blob.text();
        """,
    )
    name, _, text = card.partition("|")
    assert name == "KAART.txt"
    lines = text.split("\r\n")
    assert lines[:2] == ["Titel: Minder verspilling", "Wie: Bakkerij Jansen"]
    assert lines[3] == "Wat: Eén rooster. Mag iedereen dit zien? ja"
    assert lines[6:] == ["Mag iedereen dit zien? nee", "Licentie: ", ""]


def test_in_a_real_browser_the_list_can_be_searched(tmp_path: Path) -> None:
    shared = (
        item(b"data/Bakkerij/Brood \xc3\xa9\xc3\xa9n.pdf"),
        item(b"data/Bakkerij/taart.pdf"),
        item(b"data/School/les.odt"),
    )
    told = played(
        tmp_path,
        page(shared=shared),
        """
        const seen = () => [...document.querySelectorAll(".files li")].filter((l) => l.offsetParent).length
            + "/" + document.querySelector(".nl .found").textContent;
        const tried = [];
        for (const words of ["", "BAKKERIJ", "brood een", "school brood", "assen"]) {
          $("zoek").value = words; $("zoek").dispatchEvent(new Event("input")); tried.push(seen());
        }
        document.documentElement.dataset.told = tried.join(" ");
        """,
    )
    assert told == "3/3 2/2 1/1 0/0 3/3"


def test_in_a_real_browser_one_language_shows_at_a_time_and_nothing_is_wider_than_a_small_phone(
    tmp_path: Path,
) -> None:
    long = page(
        shared=(item(b"data/" + b"x" * 200 + b"/" + b"y" * 240 + b".pdf"),),
        relay_name="Onafgebrokenestafettenaam" * 3,
    )
    told = played(
        tmp_path,
        long,
        """
        const count = (c) => [...document.querySelectorAll("." + c)].filter((e) => e.offsetParent).length;
        const before = [count("nl") > 0, count("en")];
        document.querySelector("label[for=taal-en]").click();
        const after = [count("nl"), count("en") > 0];
        document.body.style.width = "320px";
        const all = [...document.querySelectorAll("main *, header *")];
        const wide = all.filter((e) => !e.closest("svg, .unseen, pre, nav"))
            .filter((e) => e.getBoundingClientRect().right > 320.5).map((e) => e.tagName + "." + e.className);
        document.documentElement.dataset.told = JSON.stringify([before, after, wide]);
        """,
    )
    assert told == "[[true,0],[0,true],[]]"
