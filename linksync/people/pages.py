"""What the pages that people open have in common: their templates, and a policy that lets nothing in from elsewhere."""

import base64
import functools
import hashlib

import jinja2

LOADER = jinja2.PackageLoader("linksync.people")
HTML = jinja2.Environment(
    loader=LOADER, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@functools.cache
def source(name: str) -> str:
    """A template as it stands, with LF."""
    return LOADER.get_source(HTML, name)[0].replace("\r\n", "\n")


@functools.cache
def policy(css: str, js: str, *, connect: str = "", ancestors: str = "") -> str:
    """A Content-Security-Policy: nothing from anywhere, and in the page only this style and this script.

    Args:
        css: the style.
        js: the script.
        connect: what the script may fetch; nothing if not given.
        ancestors: what may frame the page; not said if not given, since a ``meta`` element cannot.
    """
    style, script = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in (css, js))
    fetches = f"connect-src {connect}; " if connect else ""
    frames = f"; frame-ancestors {ancestors}" if ancestors else ""
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; {fetches}"
        f"img-src data:; form-action 'none'; base-uri 'none'{frames}"
    )
