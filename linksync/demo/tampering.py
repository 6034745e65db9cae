"""Every scene of the format, by name: what a stick can look like, and what must be found on it.

``manifests/vectors/`` holds one folder for each, and ``tests/test_tampering.py`` plays all of them.
"""

from linksync.custody.findings import CATALOGUE
from linksync.demo import (
    tampering_chain,
    tampering_content,
    tampering_records,
    tampering_signatures,
    tampering_sound,
)
from linksync.demo.scenes import Case

CASES: dict[str, Case] = {
    **tampering_sound.cases,
    **tampering_records.cases,
    **tampering_signatures.cases,
    **tampering_chain.cases,
    **tampering_content.cases,
}
"""Name to case; what is sound first."""

WITHOUT_SCENE = {
    "E307": "a medium that fails cannot be put in a folder",
    "W113": "the memory of a computer is no part of a stick",
}
"""Codes that no folder can express, and why."""


def codes_without_scene() -> set[str]:
    """Codes of the catalogue that no scene is for, though one could be."""
    return CATALOGUE.keys() - {case.code for case in CASES.values()} - WITHOUT_SCENE.keys()
