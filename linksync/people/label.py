"""The label on the sculpture: the relay's name, the organiser's fingerprint, and how to check.

Trust in a Link starts here and nowhere on the stick (format 1, "Trust"). The fingerprint stands on it three
times: in groups, to be read aloud; exact, to be typed or copied; and in the QR code, to be scanned. Pure.
"""

import io
import re
import textwrap

import jinja2
import segno
from markupsafe import Markup

from linksync.custody import names
from linksync.errors import RefusedError
from linksync.people import look, texts

_FINGERPRINT = re.compile(r"SHA256:([A-Za-z0-9+/]{43})")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*)?")
_ADDRESS_MAX = 300
_GROUP, _GROUPS_A_ROW = 4, 4
_QR_MM, _QUIET = 50, 4

_SVG = jinja2.Environment(
    loader=jinja2.PackageLoader("linksync.people"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def fingerprint_groups(fingerprint: str) -> tuple[str, ...]:
    """The 43 characters of a fingerprint in groups of four, the last of three.

    Raises:
        ValueError: not a SHA256 fingerprint as ``ssh-keygen`` prints it.
    """
    match = _FINGERPRINT.fullmatch(fingerprint)
    if match is None:
        raise ValueError(f"not a fingerprint: {fingerprint!a}")
    return tuple(match[1][at : at + _GROUP] for at in range(0, len(match[1]), _GROUP))


def qr_content(relay_id: str, fingerprint: str, url: str | None) -> str:
    """What the QR code says: the recipe's address with the fingerprint behind ``#``, or both in words.

    What stands behind ``#`` is never sent to the address: the page there can show it, and nobody else learns
    of it.

    Raises:
        RefusedError: ``label-address``, an address that a telephone could take for another.
    """
    fingerprint_groups(fingerprint)
    if url is None:
        if not names.is_id(relay_id):
            raise ValueError(f"not a relay: {relay_id!a}")
        return f"linksync {relay_id} {fingerprint}"
    if len(url) > _ADDRESS_MAX or not _ADDRESS.fullmatch(url):
        raise RefusedError("label-address", address=texts.plain(url)[:_ADDRESS_MAX])
    return f"{url}#{fingerprint}"


def label_svg(relay_name: str, fingerprint: str, url: str | None, *, relay_id: str) -> str:
    """The label as SVG, 105 by 148 millimetres (A6), to print and to put on the sculpture.

    Args:
        relay_name: as people know it.
        fingerprint: of the organiser's key, ``SHA256:`` and 43 characters.
        url: the address of the recipe, ``http`` or ``https`` without ``#``; None for none.
        relay_id: goes into the QR code where there is no address.

    Raises:
        RefusedError: ``label-address``.
    """
    groups = fingerprint_groups(fingerprint)
    code = segno.make(qr_content(relay_id, fingerprint, url), error="m", micro=False)
    side = len(code.matrix) + 2 * _QUIET
    lines, size = _fitted(texts.plain(relay_name), width=89.0, height=20.0)
    states: tuple[look.State, ...] = ("done", "done", "done", "done", "here", "done", "done")
    return _SVG.get_template("label.svg.j2").render(
        lines=lines,
        size=size,
        relay_name=texts.plain(relay_name),
        fingerprint=fingerprint,
        rows=[groups[at : at + _GROUPS_A_ROW] for at in range(0, len(groups), _GROUPS_A_ROW)],
        address=textwrap.wrap(url or "", 52)[:3],
        chain=look.chain_paths(states, _paint()),
        qr=_modules(code),
        qr_scale=f"{_QR_MM / side:.4f}",
        qr_left=f"{8 - _QUIET * _QR_MM / side:.3f}",
        qr_side=side,
        ink=look.INK,
        paper=look.PAPER,
        baton=look.BATON,
    )


def label_terminal(relay_name: str, fingerprint: str, url: str | None, *, relay_id: str) -> str:
    """The same for a terminal: the QR code in half blocks, and under it what it says.

    Args:
        relay_name: as people know it.
        fingerprint: of the organiser's key.
        url: the address of the recipe, or None.
        relay_id: goes into the QR code where there is no address.

    Raises:
        RefusedError: ``label-address``.
    """
    groups = fingerprint_groups(fingerprint)
    drawn = io.StringIO()
    segno.make(qr_content(relay_id, fingerprint, url), error="m", micro=False).terminal(drawn, compact=True)
    rows = [groups[at : at + _GROUPS_A_ROW] for at in range(0, len(groups), _GROUPS_A_ROW)]
    told = [
        texts.plain(relay_name),
        "",
        "Vingerafdruk van de organisatie / The organiser's fingerprint",
        "    SHA256",
        *("    " + "  ".join(row) for row in rows),
        f"    {fingerprint}",
        "",
        "Nakijken / Check: linksync verify",
    ]
    if url:
        told.append(f"Recept / Recipe:  {url}")
    return drawn.getvalue() + "\n".join(told) + "\n"


def _paint() -> dict[str, str]:
    strokes = {"done": ("#9cc7c4", 6, 10), "here": (look.BATON, 8, 12)}
    paint = {state: f'stroke="{ink}" stroke-width="{width}"' for state, (ink, width, _) in strokes.items()}
    gaps = {f"{state}-gap": f'stroke="{look.INK}" stroke-width="{gap}"' for state, (_, _, gap) in strokes.items()}
    return paint | gaps


def _fitted(name: str, width: float, height: float) -> tuple[list[str], str]:
    """A name on at most three lines, as large as fits ``width`` by ``height`` millimetres, and that size."""
    best: tuple[float, list[str]] = (0.0, [])
    for columns in range(8, 64, 2):
        lines = textwrap.wrap(name, columns, max_lines=3, placeholder=" …", break_long_words=columns > 40)
        size = min(9.6, height / (1.06 * len(lines)), width / (0.57 * max(map(len, lines))))
        whole = not lines[-1].endswith(" …") or columns > 60
        if whole and size > best[0]:
            best = (size, lines)
    return best[1], f"{best[0]:.2f}"


def _modules(code: segno.QRCode) -> Markup:
    """The dark modules as one path, in runs from left to right."""
    drawn = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            run = x
            while run < len(row) and row[run]:
                run += 1
            if run > x:
                drawn.append(f"M{x + _QUIET} {y + _QUIET}h{run - x}v1h-{run - x}z")
            x = run + 1
    return Markup("").join(drawn)
