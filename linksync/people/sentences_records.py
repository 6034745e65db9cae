"""Sentences about files that are not as the format says: YAML, lists, paths, signatures.

Most of these mistakes are told twice: as an error, with what to do, and as the reason in a finding. So each is a noun
that completes both.
"""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_COPY: _Pair = ("vraag om een goede kopie", "ask for a good copy")
_REWRITE: _Pair = ("schrijf die regel gewoon uit", "write that line out plainly")
_LOOK: _Pair = ("kijk die regel na en probeer het opnieuw", "look at that line and try again")

_MISTAKES: dict[str, tuple[_Pair, _Pair]] = {
    "yaml-too-large": (("meer dan 1 MB", "more than 1 MB"), ("maak het korter", "make it shorter")),
    "yaml-bom": (
        ("een onzichtbaar teken aan het begin (BOM)", "an invisible mark at its start (BOM)"),
        ("sla het op als UTF-8 zonder BOM", "save it as UTF-8 without BOM"),
    ),
    "yaml-not-utf8": (
        ("tekst die geen UTF-8 is", "text that is not UTF-8"),
        ("sla het op als UTF-8", "save it as UTF-8"),
    ),
    "yaml-carriage-return": (
        ("een regeleinde van Windows", "a Windows line end"),
        ("sla het op met gewone regeleinden (LF)", "save it with plain line ends (LF)"),
    ),
    "yaml-tab": (("een tab", "a tab"), ("zet er spaties voor in de plaats", "put spaces in its place")),
    "yaml-control": (("een stuurteken", "a control character"), ("haal het weg", "take it out")),
    "yaml-invisible": (
        ("een teken dat tekst verbergt of omkeert", "a character that hides or turns text"),
        ("haal het weg en typ het opnieuw", "take it out and type it again"),
    ),
    "yaml-directive": (
        ("een regel voor de YAML-lezer, die met % begint", "a line for the YAML reader, which starts with %"),
        ("haal die regel weg", "take that line out"),
    ),
    "yaml-syntax": (
        ("iets dat geen YAML is", "something that is not YAML"),
        (
            "kijk daar en op de regel erboven naar inspringen, dubbele punten en aanhalingstekens",
            "look there and on the line above for indents, colons and quotes",
        ),
    ),
    "yaml-empty": (("niets", "nothing"), ("vul het in", "fill it in")),
    "yaml-alias": (("een verwijzing met *", "a reference with *"), _REWRITE),
    "yaml-anchor": (("een anker met &", "an anchor with &"), _REWRITE),
    "yaml-tag": (("een type met !", "a type with !"), _REWRITE),
    "yaml-merge": (("een samenvoeging met <<", "a merge with <<"), _REWRITE),
    "yaml-documents": (
        ("een tweede document na ---", "a second document after ---"),
        ("houd er een over", "keep one of them"),
    ),
    "yaml-nodes": (("te veel om te lezen", "too much to read"), ("maak het korter", "make it shorter")),
    "yaml-depth": (
        ("te veel diep in elkaar", "too much inside each other"),
        ("spring minder diep in", "nest it less deep"),
    ),
    "yaml-key": (
        ("een naam die geen tekst is", "a name that is not text"),
        ("zet de naam voor de dubbele punt tussen aanhalingstekens", "put the name before the colon in quotes"),
    ),
    "yaml-duplicate-key": (
        ("twee keer dezelfde naam", "the same name twice"),
        ("houd er een over", "keep one of them"),
    ),
    "list-empty": (("een lege lijst", "an empty list"), _COPY),
    "list-too-long": (("een te lange lijst", "too long a list"), _COPY),
    "list-line": (
        ("een regel die geen controlegetal met een pad is", "a line that is not a checksum with a path"),
        _COPY,
    ),
    "list-order": (("een regel op de verkeerde plaats", "a line out of its order"), _COPY),
    "index-line": (("een regel die de index niet toestaat", "a line that the index does not allow"), _COPY),
    "path-length": (("een leeg of te lang pad", "an empty or too long path"), _COPY),
    "path-line-break": (("een pad met een regeleinde", "a path with a line break"), _COPY),
    "path-absolute": (("een pad dat met / begint", "a path that starts with /"), _COPY),
    "path-dotdot": (('een pad met ".."', 'a path with ".."'), _COPY),
    "path-empty-part": (("een pad met een leeg deel", "a path with an empty part"), _COPY),
    "path-reserved": (("een naam van linksync zelf", "a name of linksync's own"), _COPY),
    "path-escape": (("een pad dat verkeerd is opgeschreven", "a path that is spelled wrong"), _COPY),
    "path-state": (("een pad dat geen manifest is", "a path that is no manifest"), _COPY),
    "path-file-and-folder": (
        ("een pad dat bestand en map tegelijk is", "a path that is a file and a folder at once"),
        _COPY,
    ),
    "signature-too-large": (("een te grote handtekening", "too large a signature"), _COPY),
    "signature-armour": (("een beschadigde handtekening", "a damaged signature"), _COPY),
    "signature-structure": (("een handtekening met de verkeerde delen", "a signature with the wrong parts"), _COPY),
    "signature-version": (("een handtekening van een andere versie", "a signature of another version"), _COPY),
    "signature-reserved": (("een handtekening met iets erachteraan", "a signature with something reserved"), _COPY),
    "signature-namespace": (("een handtekening zonder doel", "a signature without a purpose"), _COPY),
    "signature-hash": (("een handtekening over een zwak getal", "a signature over a weak hash"), _COPY),
    "signature-value": (("een handtekening die geen Ed25519 is", "a signature that is not Ed25519"), _COPY),
    "signers-too-large": (("een te lange lijst van sleutels", "too long a list of keys"), _COPY),
    "signers-empty": (("niemand die mag tekenen", "nobody who may sign"), _COPY),
    "signers-line": (("een regel die geen sleutel is", "a line that is no key"), _LOOK),
    "signers-duplicate": (("twee keer dezelfde sleutel", "the same key twice"), _LOOK),
    "signers-order": (("een sleutel op de verkeerde plaats", "a key out of its order"), _COPY),
}
"""Slug to what it is, as a noun, and what to do."""


def _error(slug: str) -> _Pair:
    (nl, en), (do_nl, do_en) = _MISTAKES[slug]
    return (
        f"In {{where}} staat {nl}. Er is niets veranderd; {do_nl}.",
        f"There is {en} in {{where}}. Nothing was changed; {do_en}.",
    )


ERRORS: dict[str, _Pair] = {
    **{slug: _error(slug) for slug in _MISTAKES},
    "yaml-key": (
        'In {where} staat "{key}" als naam, en dat is geen tekst. Er is niets veranderd; zet de naam voor de dubbele'
        " punt"
        " tussen aanhalingstekens.",
        'There is "{key}" for a name in {where}, which is not text. Nothing was changed; put the name before the'
        " colon in"
        " quotes.",
    ),
    "yaml-duplicate-key": (
        'In {where} staat "{key}" voor de tweede keer. Er is niets veranderd; houd er een over.',
        'There is "{key}" for the second time in {where}. Nothing was changed; keep one of them.',
    ),
    "record-fields": (
        "In {where} klopt iets niet: {why}. Er is niets veranderd; verbeter het en probeer het opnieuw.",
        "Something in {where} is wrong: {why}. Nothing was changed; put it right and try again.",
    ),
    "future-format": (
        "{where} is in vorm {found}, en deze linksync kent vorm 1. Er is niets veranderd; werk linksync bij.",
        "{where} is in format {found}, and this linksync knows format 1. Nothing was changed; update linksync.",
    ),
    "seal": (
        "Dit zegel staan de afspraken niet toe ({code_told}; {why}). Er is niets veranderd; vraag om een goede kopie.",
        "The format does not allow this seal ({code_told}; {why}). Nothing was changed; ask for a good copy.",
    ),
}

REASONS: dict[str, _Pair] = {
    **{slug: what for slug, (what, _) in _MISTAKES.items()},
    "future-format": ("een nieuwere vorm", "a newer format"),
    "record-fields": ("een veld dat niet klopt", "a field that is wrong"),
    "key-other-type": ("een sleutel die geen Ed25519 is", "a key that is not Ed25519"),
    "key-blob": ("een beschadigde sleutel", "a damaged key"),
    "key-weak": ("een sleutel waarmee iedereen kan tekenen", "a key that anyone can sign with"),
    "a first version follows none": (
        "een eerste versie volgt op geen andere",
        "a first version that follows another",
    ),
}
"""Words that complete a finding."""
