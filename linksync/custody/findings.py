"""The catalogue of findings: one code from the specification to the sentence to the test vector.

``E1xx`` structure, ``E2xx`` signatures and custody, ``E3xx`` fixity, ``E4xx`` content, ``W…`` notes. Each code has the
exit status that it alone leads to (format 1, "Verdicts"); the sentences stand in ``people/sentences.py``.
"""

from dataclasses import dataclass, replace

GRAVEST_FIRST = (60, 50, 31, 30, 33, 32, 11, 10, 34, 40, 20)
"""Where several exit statuses apply, the first of these is returned."""

VERDICTS = {
    0: "ok",
    10: "missing",
    11: "altered",
    20: "unsealed",
    30: "record-altered",
    31: "chain-broken",
    32: "behind",
    33: "forked",
    34: "organiser-unknown",
    40: "held",
    50: "not-a-link",
    60: "unreadable",
}

CATALOGUE: dict[str, int] = {
    # structure
    "E101": 50,  # not a Link
    "E102": 50,  # half prepared: the records start, hand-off 1 does not stand
    "E103": 50,  # made by a newer format
    "E104": 30,  # a record, or the folder of one, is not a plain file or folder
    "E105": 30,  # a file in a sealed folder that its seal does not list
    "E106": 30,  # a file that the seal lists is gone from its folder
    "E107": 30,  # seal is not a checksum list
    "E108": 30,  # seal omits a file that its kind requires
    "E109": 30,  # seal lists a path that its kind does not allow
    "E110": 30,  # YAML that the format does not allow
    "E111": 30,  # YAML made to exhaust the reader
    "E112": 30,  # fields of a record are wrong
    "E113": 30,  # a checksum list is malformed
    "E114": 30,  # a list leads outside the stick
    "E115": 30,  # a list names linksync's own files
    "E116": 30,  # a record is larger than the format allows
    "E117": 30,  # folder name and record disagree
    "E118": 30,  # the record and its lists disagree
    "E119": 30,  # something foreign among the records
    "E120": 30,  # state.sha256 does not follow from the hand-offs
    # signatures and custody
    "E201": 30,  # the signature is not over these bytes
    "E202": 30,  # signed with a key that the relay does not list
    "E203": 30,  # signed by another than the holder named
    "E204": 30,  # signed for another purpose
    "E205": 30,  # relay version not signed by an organiser of the version before
    "E206": 30,  # a record's bytes are not those that were sealed
    "E207": 30,  # signed with a revoked key, after its last good seal
    "E208": 40,  # signed with a key that a later relay version dropped; held
    "E209": 31,  # relay versions fall along the chain
    "E210": 31,  # a hand-off is missing from the middle
    "E211": 32,  # the stick is behind what was seen before
    "E212": 33,  # two different successors
    "E213": 34,  # the organiser is not known here
    "E214": 30,  # another organiser than the one known here
    "E215": 31,  # a record of another Link
    "E216": 31,  # a record of another relay
    "E217": 31,  # the relay version that a seal names is not here
    "E218": 30,  # a relay version other than the one seen before
    "E219": 31,  # the number does not follow
    "E220": 30,  # allowed_signers does not follow from relay.yaml
    "E221": 32,  # the relay is older than what was seen before
    "E222": 30,  # an audience is wider than the one first sealed
    "E223": 40,  # held or refused without ground in the policy
    "E224": 30,  # gone.sha256 names what was not there, or the list of another state
    "E225": 30,  # more than one record claims the same place
    "E226": 30,  # the signature cannot be read, and not because writing was cut off
    # fixity
    "E301": 11,  # altered
    "E302": 10,  # missing
    "E303": 20,  # not sealed yet
    "E304": 11,  # exchanged with another sealed file
    "E305": 20,  # moved here since it was sealed
    "E306": 30,  # a manifest is neither this state's nor an earlier one's
    "E307": 60,  # cannot be read
    "E308": 11,  # size differs (quick)
    "E309": 11,  # replaced by something that is not a file
    # content
    "E401": 40,  # held
    "E402": 40,  # refused
    "E403": 20,  # link or special file
    "E404": 20,  # a name that no list can carry
    # notes
    "W101": 0,  # a torn folder
    "W102": 0,  # litter of an operating system
    "W103": 0,  # a system folder, not opened
    "W104": 0,  # the manifests are behind; the next hand-off rewrites them
    "W105": 0,  # quick: contents were not read
    "W106": 0,  # further than what was seen before
    "W107": 0,  # not a BagIt bag, and why
    "W108": 0,  # names that some systems cannot tell apart by case
    "W109": 0,  # names that differ in Unicode spelling alone
    "W110": 0,  # waiting since the last hand-off
    "W111": 0,  # special or unlistable, named by the last hand-off
    "W112": 0,  # what linksync left behind when it was cut off
    "W113": 0,  # the memory could not be read or written
    "W114": 0,  # a signed side record (receipt, decision) by an archive or archivist that the relay does not list
    "W115": 0,  # a newer relay version is known here; the next hand-off puts it on the stick
}
"""Every code with the exit status it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One thing that verification found.

    Attributes:
        code: in the catalogue.
        path: escaped, relative to the stick's root; empty when the whole Link is meant.
        fields: what fills the sentence, as text.
        attested: the number of the hand-off that recorded it, which makes it a note; 0 for none.
    """

    code: str
    path: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    attested: int = 0

    def __post_init__(self) -> None:
        if self.code not in CATALOGUE:
            raise ValueError(f"finding {self.code} is not in the catalogue")

    @property
    def exit(self) -> int:
        """The exit status this finding leads to; 0 for a note."""
        return 0 if self.attested else CATALOGUE[self.code]

    def attest(self, number: int) -> "Finding":
        """The same finding as a note that hand-off ``number`` recorded."""
        return replace(self, attested=number)


def finding(code: str, path: str = "", /, **fields: object) -> Finding:
    """Make a finding; field values become text."""
    return Finding(code=code, path=path, fields=tuple((name, str(value)) for name, value in fields.items()))


def gravest(exits: set[int]) -> int:
    """The exit status to return where all of ``exits`` apply (format 1, "Verdicts")."""
    return next((code for code in GRAVEST_FIRST if code in exits), 0)
