"""The label: exact, readable, and the same to the byte every time."""

import io
import xml.etree.ElementTree as ET

import pytest
import segno

from linksync.errors import RefusedError
from linksync.people import look
from linksync.people.label import fingerprint_groups, label_svg, label_terminal, qr_content

FINGERPRINT = "SHA256:jZ3k8Q1vXw0mT7yB2nLr5sPf9cHdG4aUeK6iOoVxRtM"
ADDRESS = "https://estafette.example/nakijken"


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg.encode())  # noqa: S314 - our own
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def modules(svg: str) -> str:
    root = ET.fromstring(svg.encode())  # noqa: S314 - our own
    paths = [element.get("d", "") for element in root.iter("{http://www.w3.org/2000/svg}path")]
    return max(paths, key=len)


def test_the_groups_of_a_fingerprint_are_the_fingerprint() -> None:
    groups = fingerprint_groups(FINGERPRINT)
    assert "SHA256:" + "".join(groups) == FINGERPRINT
    assert [len(group) for group in groups] == [4] * 10 + [3]


@pytest.mark.parametrize(
    "wrong", ["", "SHA256:", FINGERPRINT + "=", FINGERPRINT[:-1], FINGERPRINT.lower(), "MD5:" + "a" * 43]
)
def test_what_is_no_fingerprint_gets_no_label(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a fingerprint"):
        label_svg("Estafette", wrong, None, relay_id="estafette")


def test_the_label_says_the_fingerprint_exactly_and_in_groups() -> None:
    told = texts(label_svg("Slimmer Werken Estafette", FINGERPRINT, ADDRESS, relay_id="slimmer-werken"))
    assert FINGERPRINT in told
    groups = [text for text in told if text in fingerprint_groups(FINGERPRINT)]
    assert tuple(groups) == fingerprint_groups(FINGERPRINT)
    assert "Nakijken / Check: linksync verify" in told
    assert ADDRESS in told


def test_the_qr_code_is_the_address_with_the_fingerprint_behind_it() -> None:
    assert qr_content("slimmer-werken", FINGERPRINT, ADDRESS) == f"{ADDRESS}#{FINGERPRINT}"
    assert qr_content("slimmer-werken", FINGERPRINT, None) == f"linksync slimmer-werken {FINGERPRINT}"


def test_the_qr_code_on_the_label_has_the_modules_of_its_content() -> None:
    code = segno.make(f"{ADDRESS}#{FINGERPRINT}", error="m", micro=False)
    drawn = modules(label_svg("Estafette", FINGERPRINT, ADDRESS, relay_id="estafette"))
    dark = set()
    for run in drawn.split("M")[1:]:
        place, width = run.split("h")[0], run.split("h")[1].split("v")[0]
        x, y = map(int, place.split())
        dark |= {(x + step - 4, y - 4) for step in range(int(width))}
    assert dark == {(x, y) for y, row in enumerate(code.matrix) for x, module in enumerate(row) if module}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "estafette.example",
        "https://a.example/#b",
        'https://a.example/"',
        "https://a b.example/",
        "https://\u202ea.example/",
        "https://a.example/" + "x" * 300,
    ],
)
def test_an_address_that_could_be_taken_for_another_is_refused(address: str) -> None:
    with pytest.raises(RefusedError) as caught:
        label_svg("Estafette", FINGERPRINT, address, relay_id="estafette")
    assert caught.value.slug == "label-address"


def test_a_hostile_name_stays_text() -> None:
    svg = label_svg('<script>alert(1)</script> & \u202egnp \x07 "x', FINGERPRINT, None, relay_id="estafette")
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert "\x07" not in svg
    assert any("\\xe2\\x80\\xae" in told for told in texts(svg))


@pytest.mark.parametrize(
    "name",
    [
        "A",
        "Kennisestafette van Gemeenten, Scholen en Bedrijven in Noord- en Oost-Nederland",
        "x" * 200,
        "woord " * 40,
    ],
)
def test_any_name_fits_on_three_lines(name: str) -> None:
    svg = label_svg(name, FINGERPRINT, None, relay_id="estafette")
    root = ET.fromstring(svg.encode())  # noqa: S314 - our own
    title = next(g for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("letter-spacing"))
    lines, size = list(title), float(title.get("font-size", "0"))
    assert 1 <= len(lines) <= 3
    assert all(len(line.text or "") * size * 0.57 <= 89.5 for line in lines)


def test_the_label_is_the_same_every_time_and_fetches_nothing() -> None:
    first = label_svg("Estafette", FINGERPRINT, None, relay_id="estafette")
    assert first == label_svg("Estafette", FINGERPRINT, None, relay_id="estafette")
    assert "href" not in first
    assert first.count("http") == 1  # the name of SVG itself


def test_the_terminal_label_says_the_same() -> None:
    told = label_terminal("Estafette", FINGERPRINT, ADDRESS, relay_id="estafette")
    drawn = io.StringIO()
    segno.make(f"{ADDRESS}#{FINGERPRINT}", error="m", micro=False).terminal(drawn, compact=True)
    assert told.startswith(drawn.getvalue())
    for said in (FINGERPRINT, "  ".join(fingerprint_groups(FINGERPRINT)[:4]), "linksync verify", ADDRESS):
        assert said in told


def test_a_chain_longer_than_the_page_is_scaled_and_keeps_its_ends() -> None:
    assert look.chain_states(0, 0) == ()
    assert look.chain_states(2, 1) == ("done", "here", "ahead")
    long = look.chain_states(499, 1)
    assert len(long) == look.LINKS_MAX
    assert long[-2:] == ("here", "ahead")
    assert look.chain_states(1, 400)[:2] == ("here", "ahead")
    assert look.chain_states(0, 400) == ("ahead",) * look.LINKS_MAX
