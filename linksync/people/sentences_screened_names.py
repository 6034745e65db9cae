"""What screening saw in the name of a file, as ``sentences_screening`` tells it of what is inside."""

from typing import TypeAlias

from linksync.people.remedies import NAME

_Pair: TypeAlias = tuple[str, str]

NAMES: dict[str, tuple[_Pair, _Pair, _Pair]] = {
    "name-turned": (
        ("een naam die anders leest dan hij is", "a name that reads other than it is"),
        (
            "In de naam staan onzichtbare tekens die hem anders laten lezen dan hij is.",
            "There are invisible characters in its name that make it read other than it is.",
        ),
        (
            "Geef het een gewone naam; anders beslist een archivaris.",
            "Give it a plain name; else an archivist decides.",
        ),
    ),
    "name-reserved": (
        ("een naam die Windows zelf gebruikt", "a name that Windows keeps for itself"),
        ("Onder deze naam opent Windows het niet.", "Windows does not open it under this name."),
        NAME,
    ),
    "name-end": (
        ("een naam met een punt of spatie aan het eind", "a name that ends in a dot or a space"),
        (
            "De naam eindigt op een punt of een spatie; zo opent Windows het niet.",
            "Its name ends in a dot or a space; Windows does not open it so.",
        ),
        NAME,
    ),
    "name-characters": (
        ("een naam met bijzondere tekens", "a name with special characters"),
        (
            "In de naam staan tekens die op Windows niet mogen.",
            "There are characters in its name that Windows does not allow.",
        ),
        NAME,
    ),
    "name-long": (
        ("een lange naam", "a long name"),
        (
            "De naam is, met zijn mappen, te lang voor sommige computers.",
            "Its name, with its folders, is too long for some computers.",
        ),
        NAME,
    ),
    "name-not-utf8": (
        ("een naam in een oude schrijfwijze", "a name in an old spelling"),
        (
            "De naam is zo opgeschreven dat niet elke computer de letters kent.",
            "Its name is written so that not every computer knows the letters.",
        ),
        NAME,
    ),
    "twin-case": (
        ("een naam die er bijna zo al staat", "a name that nearly stands there already"),
        (
            "Er staat nog iets met deze naam, alleen met andere hoofdletters.",
            "Something else has this name, in upper and lower case alone different.",
        ),
        (
            "Geef een van beide een andere naam als ze op Windows of een Mac naast elkaar moeten staan.",
            "Give one of them another name if both should stand side by side on Windows or a Mac.",
        ),
    ),
    "twin-spelling": (
        ("een naam die er net zo uitziet als een andere", "a name that looks just like another"),
        (
            "Er staat nog iets met een naam die er precies zo uitziet.",
            "Something else has a name that looks exactly the same.",
        ),
        (
            "Geef een van beide een andere naam als ze op Windows of een Mac naast elkaar moeten staan.",
            "Give one of them another name if both should stand side by side on Windows or a Mac.",
        ),
    ),
}
"""Code to words, sentence and remedy, each in Dutch and English."""
