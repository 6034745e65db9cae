"""What sentences are made of."""

import string


def placeholders(text: str) -> set[str]:
    """The fields that a sentence fills in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
