"""What happens to signatures and keys: forgers, thieves, keys that were rotated (``E2``)."""

from linksync.custody.findings import finding
from linksync.custody.relay import RECEIPT_NAMESPACE
from linksync.demo.scenes import LESSON, Cases, Scene, travelled, travelled_on
from linksync.demo.sticks import (
    ARCHIVE,
    ASSEN,
    EMMEN,
    ZWOLLE,
    Lie,
    Page,
    Stick,
    fingerprint,
    party,
    relay_page,
)
from linksync.demo.tampering_records import HANDOFF_2, HANDOFF_3, lied, resealed

cases = Cases()

MALLORY = "mallory"
RELAY_2 = "linksync/relay/0002"


def with_key(host: str, *keys: str) -> Page:
    """A relay in which a host has these keys."""
    page = relay_page()
    page["hosts"] = [party(one["id"], *keys) if one["id"] == host else one for one in page["hosts"]]
    return page


def stolen(stick: Stick, last_good: str) -> Page:
    """The next relay: the key of Emmen was stolen, and the school has a new one."""
    page = with_key(EMMEN, "emmen-new")
    page["revoked"] = [{"key": fingerprint(EMMEN), "last_good": {stick.link: last_good} if last_good else {}}]
    return page


def gave(stick: Stick, host: str, text: str = "Nog iets geleerd.\n") -> None:
    """A file is put on the stick and taken in by a host."""
    stick.put(f"data/{host}/nog iets.txt", text)
    stick.hand_over(host)


@cases("E201", "E303", "E306")
def seal_edited() -> Scene:
    """A hash in a seal is changed after it was signed, with the list that it is of."""
    stick = travelled_on()
    before = stick.digest(f"{HANDOFF_3}/added.sha256").hex().encode()
    stick.change(f"{HANDOFF_3}/added.sha256", lambda data: data.replace(b"les.txt", b"LES.txt"))
    after = stick.digest(f"{HANDOFF_3}/added.sha256").hex().encode()
    stick.change(f"{HANDOFF_3}/seal.sha256", lambda data: data.replace(before, after))
    return Scene(stick=stick)


@cases("E202", "E303")
def signed_again_by_an_outsider() -> Scene:
    """A hand-off is edited and signed with a key that nobody listed."""
    return Scene(stick=resealed(Lie(by=MALLORY)))


@cases("E203", "E303")
def signed_by_another_host() -> Scene:
    """A listed host signs a hand-off in another's name."""
    return Scene(stick=resealed(Lie(by=ASSEN)))


@cases("E203", "E303")
def record_that_names_another_holder() -> Scene:
    """A listed host's own folder says that another handed over."""
    return Scene(stick=resealed(lied(b"holder: school-emmen", b"holder: gemeente-assen")))


@cases("E204", "E303")
def signed_for_another_purpose() -> Scene:
    """A host's signature that was made for a receipt is put on a hand-off."""
    return Scene(stick=resealed(Lie(namespace=RECEIPT_NAMESPACE)))


@cases("E202", "E303")
def signed_by_the_archive() -> Scene:
    """The archive's key, which may sign receipts alone, signs a hand-off."""
    return Scene(stick=resealed(Lie(by=ARCHIVE)))


@cases("E205")
def rotation_signed_by_the_new_key_alone() -> Scene:
    """A relay version brings a new organiser's key along and is signed with that key alone."""
    stick = travelled()
    stick.sign_relay(relay_page(organiser="ncsi-new"), lie=Lie(by="ncsi-new"))
    return Scene(stick=stick)


@cases("E202")
def relay_version_by_a_host() -> Scene:
    """A relay version that is signed by somebody who is no organiser at all."""
    stick = travelled()
    stick.sign_relay(with_key(EMMEN, MALLORY), lie=Lie(by=MALLORY))
    return Scene(stick=stick)


@cases("E206")
def record_edited() -> Scene:
    """The page of a hand-off is edited, its seal left alone."""
    stick = travelled()
    stick.change(f"{HANDOFF_2}/handoff.yaml", lambda data: data.replace(b"received_from: ncsi", b"received_from: null"))
    return Scene(stick=stick)


@cases("E206", attested=("E206",))
def edited_record_that_was_recorded() -> Scene:
    """The page of a hand-off was edited, and the next hand-off found and recorded it: a note by whoever signed that."""
    stick = travelled()
    stick.change(f"{HANDOFF_2}/handoff.yaml", lambda data: data.replace(b"received_from: ncsi", b"received_from: null"))
    stick.hand_over(EMMEN, facts={"findings": (finding("E206", f"{HANDOFF_2}/handoff.yaml"),)})
    return Scene(stick=stick)


@cases("E206")
def record_whose_damage_it_recorded_itself() -> Scene:
    """A hand-off claims to have recorded what is wrong with itself: nobody attests beforehand."""
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, facts={"findings": (finding("E206", f"{HANDOFF_3}/index.jsonl"),)})
    stick.change(f"{HANDOFF_3}/index.jsonl", lambda data: data.replace(b"organisers", b"everyone"))
    return Scene(stick=stick)


@cases("E206")
def audience_edited() -> Scene:
    """The index of a hand-off is edited so that everyone may see what was given to the organisers."""
    stick = travelled_on()
    stick.change(f"{HANDOFF_3}/index.jsonl", lambda data: data.replace(b"organisers", b"everyone"))
    return Scene(stick=stick)


@cases("E206", "E217", "E102")
def allowed_signers_edited() -> Scene:
    """A key is added to ``allowed_signers`` on the stick: no version of the relay stands then."""
    stick = travelled()
    line = b'mallory namespaces="linksync-handoff-v1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI' + b"A" * 43 + b"\n"
    stick.change("linksync/relay/0001/allowed_signers", lambda data: data + line)
    return Scene(stick=stick)


@cases("E207", "E303")
def sealed_with_a_stolen_key() -> Scene:
    """A thief seals hand-off 4 with a key that a newer relay version revokes, after its last good seal."""
    stick = travelled_on()
    gave(stick, EMMEN, "Van de dief.\n")
    stick.sign_relay(stolen(stick, stick.seals[2]))
    return Scene(stick=_with_the_state_of(stick, travelled_on()))


def _with_the_state_of(stick: Stick, honest: Stick) -> Stick:
    """The manifests as they were before."""
    stick.state = honest.state
    stick.refresh()
    return stick


@cases("E207")
def thief_who_forked_before_the_revocation() -> Scene:
    """A thief seals an other hand-off 3 in a copy; the honest one names the revocation, and there is no fork."""
    stick = travelled()
    copy = stick.copy()
    gave(copy, EMMEN, "Van de dief.\n")
    stick.sign_relay(stolen(stick, ""))
    gave(stick, ZWOLLE)
    stick.files |= copy.take_folder(HANDOFF_3)
    return Scene(stick=stick)


@cases("E207", attested=("E207",))
def stolen_key_that_was_recorded() -> Scene:
    """An honest hand-off was built on the thief's and recorded it: what it took in stands from then on."""
    stick = travelled_on()
    gave(stick, EMMEN, "Van de dief.\n")
    stick.sign_relay(stolen(stick, stick.seals[2]))
    stick.put(f"data/{ZWOLLE}/zorg.txt", "Zelf roosteren.\n")
    stick.hand_over(ZWOLLE, facts={"findings": (finding("E207", stick.last),)})
    return Scene(stick=stick)


@cases("E208", "W115")
def dropped_key_on_an_old_version() -> Scene:
    """A hand-off names an old relay version, and is by a key that a newer one, known here, has dropped."""
    stick = travelled_on()
    newer = stick.copy()
    newer.sign_relay(with_key(EMMEN, "emmen-new"))
    return Scene(stick=stick, known=newer.relays)


@cases("E202", "E303")
def rotated_key() -> Scene:
    """A host signs with its old key under a relay version that lists the new one."""
    stick = travelled()
    stick.sign_relay(with_key(EMMEN, "emmen-new"))
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("E226")
def signature_damaged() -> Scene:
    """A whole signature that cannot be read, so that it is not taken for one that was cut off."""
    stick = travelled()
    stick.hand_over(EMMEN)
    stick.change(f"{HANDOFF_3}/seal.sha256.sig", lambda data: data.replace(b"U1NIU0lH", b"U1NIU0lI"))
    return Scene(stick=stick)


@cases("W101")
def torn() -> Scene:
    """A hand-off whose signature was cut off when the stick was pulled out."""
    stick = travelled()
    stick.hand_over(EMMEN)
    stick.change(f"{HANDOFF_3}/seal.sha256.sig", lambda data: data[:150])
    return Scene(stick=stick)


@cases("W101")
def torn_by_another_host() -> Scene:
    """A host left a folder torn; the next of that name gets ``-2``."""
    stick = travelled()
    copy = stick.copy()
    copy.hand_over(EMMEN)
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, lie=Lie(folder=f"000003-{EMMEN}-2"))
    stick.files |= copy.take_folder(HANDOFF_3)
    stick.change(f"{HANDOFF_3}/seal.sha256.sig", lambda _: b"")
    return Scene(stick=stick)


@cases("W114")
def receipt_of_an_unlisted_archive() -> Scene:
    """A receipt by an archive that the relay does not list."""
    stick = travelled()
    stick.give_receipt(stick.line[-1], archive="elders")
    return Scene(stick=stick)


@cases("E202")
def receipt_signed_by_a_host() -> Scene:
    """A host signs a receipt in the archive's name."""
    stick = travelled()
    stick.give_receipt(stick.line[-1], lie=Lie(by=ASSEN))
    return Scene(stick=stick)
