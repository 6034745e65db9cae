"""What happens to the chain and to trust in it: rollbacks, copies, other Links, other relays, false hosts (``E2``)."""

from linksync.custody.findings import finding
from linksync.custody.memory import Memory
from linksync.demo.scenes import CARD_NO, LESSON, REPORT, Cases, Scene, prepared, travelled, travelled_on
from linksync.demo.sticks import (
    ASSEN,
    EMMEN,
    ORGANISER,
    OTHER_LINK,
    ZWOLLE,
    Lie,
    Stick,
    relay_page,
)
from linksync.demo.tampering_records import HANDOFF_2, HANDOFF_3, lied, resealed
from linksync.demo.tampering_signatures import MALLORY, RELAY_2, gave, stolen, with_key

cases = Cases()


@cases("E209", "E303", "E306")
def back_to_an_old_relay_version() -> Scene:
    """A hand-off goes back to relay version 1 after one that named version 2."""
    stick = travelled()
    stick.sign_relay(with_key(EMMEN, "emmen-new"))
    gave(stick, ZWOLLE)
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, version=1)
    return Scene(stick=stick)


@cases("E210")
def hand_off_in_the_middle_removed() -> Scene:
    """A hand-off in the middle is gone; the next one's seal still names it."""
    stick = travelled_on()
    stick.take_folder(HANDOFF_2)
    return Scene(stick=stick)


@cases("E210", attested=("E210",))
def gap_that_was_recorded() -> Scene:
    """A hand-off in the middle is gone, and the next one recorded it; the state stands as that one sealed it."""
    stick = travelled_on()
    stick.take_folder(HANDOFF_2)
    stick.hand_over(ZWOLLE, facts={"findings": (finding("E210", HANDOFF_2),)})
    return Scene(stick=stick)


@cases("E210")
def first_hand_off_removed() -> Scene:
    """Hand-off 1 is gone."""
    stick = travelled_on()
    stick.take_folder("linksync/handoffs/000001-ncsi")
    return Scene(stick=stick)


@cases("E211")
def newest_hand_off_removed() -> Scene:
    """The newest hand-off and what it took in are gone; only who saw it before can tell."""
    stick = travelled()
    later = stick.copy()
    gave(later, EMMEN)
    return Scene(stick=stick, memory=later.memory)


@cases("E211")
def receipt_for_a_hand_off_that_is_gone() -> Scene:
    """The newest hand-off is gone, and the archive's receipt for it still stands there."""
    stick = travelled()
    later = stick.copy()
    gave(later, EMMEN)
    receipt = later.give_receipt(later.line[-1])
    stick.files |= later.take_folder(receipt.path)
    return Scene(stick=stick)


@cases("E212")
def copy_that_went_another_way() -> Scene:
    """Two copies went on, each with its own hand-off 3; who saw one is shown the other."""
    stick = travelled()
    copy = stick.copy()
    gave(copy, EMMEN)
    gave(stick, ZWOLLE)
    return Scene(stick=stick, memory=copy.memory)


@cases("E212", "E303")
def both_sides_of_a_fork() -> Scene:
    """Two different successors of one hand-off stand on one stick."""
    stick = travelled()
    copy = stick.copy()
    gave(copy, EMMEN)
    gave(stick, ZWOLLE)
    stick.files |= copy.files
    return Scene(stick=stick)


@cases("E212", attested=("E212",))
def fork_that_was_recorded() -> Scene:
    """Both sides of a fork stand there, and a later hand-off recorded it: a note from then on."""
    stick = travelled()
    copy = stick.copy()
    gave(copy, EMMEN)
    gave(stick, ZWOLLE)
    stick.files |= copy.take_folder(HANDOFF_3)
    stick.put(REPORT, "Wij volgden twee aanvragen.\n")
    fork = "linksync/handoffs/000003-zorghuis-zwolle"
    stick.hand_over(ASSEN, facts={"findings": (finding("E212", fork),)})
    return Scene(stick=stick)


@cases("E213")
def organiser_not_known() -> Scene:
    """A sound stick, and nobody said whose label it should bear."""
    return Scene(stick=travelled(), organiser="")


@cases("E214")
def relay_replaced() -> Scene:
    """Everything is replaced by a relay of the attacker's own, complete and consistent."""
    stick = Stick()
    stick.sign_relay(relay_page(organiser=MALLORY), by=MALLORY)
    stick.put("data/LEES-MIJ.txt", "Zet hier neer wat u leerde.\n")
    stick.hand_over(ORGANISER, by=MALLORY)
    return Scene(stick=stick)


@cases("E215")
def record_of_another_link() -> Scene:
    """A hand-off of another Link of the same relay is put on this one."""
    stick, other = travelled(), Stick(link=OTHER_LINK)
    other.sign_relay(relay_page())
    other.hand_over(ORGANISER)
    gave(other, ASSEN)
    gave(other, EMMEN)
    stick.files |= other.take_folder(HANDOFF_3)
    return Scene(stick=stick)


@cases("E215")
def receipt_of_another_link() -> Scene:
    """A receipt for a hand-off of another Link is put on this one."""
    stick, other = travelled(), Stick(link=OTHER_LINK)
    other.sign_relay(relay_page())
    other.hand_over(ORGANISER)
    gave(other, ASSEN)
    receipt = other.give_receipt(other.line[-1])
    stick.files |= other.take_folder(receipt.path)
    return Scene(stick=stick)


@cases("E216")
def version_of_another_relay() -> Scene:
    """The organiser's own next version, of another relay."""
    stick = travelled()
    stick.sign_relay({**relay_page(), "id": "estafette-2012"})
    return Scene(stick=stick)


@cases("E216", "E303")
def hand_off_for_another_relay() -> Scene:
    """A host's record says that it belongs to another relay than the one whose version it names."""
    return Scene(stick=resealed(lied(b"relay: estafette\n", b"relay: estafette-2012\n")))


@cases("E217", "E303", "E306")
def relay_version_removed() -> Scene:
    """The relay version that a hand-off names is gone."""
    stick = travelled()
    stick.sign_relay(relay_page())
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN)
    stick.take_folder(RELAY_2)
    return Scene(stick=stick)


@cases("E217")
def relay_version_that_follows_nothing() -> Scene:
    """A relay version that does not name the seal of the one before, as if it came after another."""
    stick = travelled()
    lie = Lie(entries=lambda lines: {path: d for path, d in lines.items() if b"/0001/" not in path})
    stick.sign_relay(relay_page(), lie=lie)
    return Scene(stick=stick)


@cases("E218")
def relay_version_exchanged() -> Scene:
    """Version 2 of the relay is another than the one that was seen before: the organiser signed two."""
    stick = travelled()
    known = stick.copy()
    known.sign_relay(with_key(EMMEN, "emmen-new"))
    stick.sign_relay(with_key(ZWOLLE, "zwolle-new"))
    return Scene(stick=stick, known=known.relays)


@cases("E219", "E303", "E306")
def number_left_out() -> Scene:
    """A host seals hand-off 5 upon hand-off 2."""
    lie = Lie(files=lambda files: files | {"handoff.yaml": files["handoff.yaml"].replace(b"number: 3", b"number: 5")})
    stick = travelled()
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, lie=Lie(files=lie.files, folder=f"000005-{EMMEN}"))
    return Scene(stick=stick)


@cases("E220", "E217", "E102")
def allowed_signers_of_another_relay() -> Scene:
    """The organiser signs an ``allowed_signers`` that does not follow from ``relay.yaml``: two stories in one."""
    stick = prepared()
    twofold = stick.copy()
    twofold.files = {path: data for path, data in twofold.files.items() if not path.startswith(b"linksync/relay/")}
    twofold.relays = ()
    twofold.sign_relay(relay_page(), lie=lied(b"school-emmen", b"school-hulst", "allowed_signers"))
    return Scene(stick=twofold)


@cases("E221")
def relay_rolled_back() -> Scene:
    """A relay version that once stood on this Link, and with it a revocation, is gone."""
    stick = travelled_on()
    newer = stick.copy()
    newer.sign_relay(stolen(stick, stick.seals[2]))
    return Scene(stick=stick, memory=newer.memory)


@cases("E222")
def audience_widened_by_a_later_card() -> Scene:
    """A host lets everyone see what was first given to the organisers, since a later card says yes."""
    stick = prepared()
    stick.put(f"data/{ASSEN}/KAART.txt", CARD_NO)
    stick.put(REPORT, "Voor de organisatie.\n")
    stick.hand_over(ASSEN)
    stick.put(REPORT, "Voor de organisatie, met een zin erbij.\n")
    stick.hand_over(EMMEN, lie=lied(b"organisers", b"everyone", "index.jsonl"))
    return Scene(stick=stick)


@cases("E222")
def audience_widened_by_a_move() -> Scene:
    """A host moves a file of the organisers into a folder whose card says yes."""
    stick = travelled_on()
    stick.put(f"data/{ASSEN}/les.txt", stick.take(LESSON))
    stick.hand_over(ZWOLLE, lie=lied(b"organisers", b"everyone", "index.jsonl"))
    return Scene(stick=stick)


@cases("E223", "E402")
def refused_to_make_it_vanish() -> Scene:
    """A host refuses a file without ground in the policy, so that no archive takes it in."""

    def refuse(files: dict[str, bytes]) -> dict[str, bytes]:
        index = files["index.jsonl"].replace(b'"class":"pass"', b'"class":"refuse"')
        page = files["handoff.yaml"].replace(b"  added: 1\n", b"  added: 0\n", 1)
        page = page.replace(b"  refused: 0\n", b"  refused: 1\n").replace(b"  added: 25\n", b"  added: 0\n")
        kept = {name: data for name, data in files.items() if name != "added.sha256"}
        return kept | {"refused.sha256": files["added.sha256"], "index.jsonl": index, "handoff.yaml": page}

    return Scene(stick=resealed(Lie(files=refuse)))


@cases("E223")
def passed_with_a_code_that_refuses() -> Scene:
    """A host seals that it saw a program, and passes it all the same."""

    def program(files: dict[str, bytes]) -> dict[str, bytes]:
        return files | {"index.jsonl": files["index.jsonl"].replace(b'"codes":[]', b'"codes":["program"]', 1)}

    return Scene(stick=resealed(Lie(files=program)))


@cases("E224", "E118")
def gone_that_was_never_there() -> Scene:
    """A host seals that a file is gone which no hand-off ever took in."""
    line = b"0" * 64 + b"  data/nooit.txt\n"
    return Scene(stick=resealed(Lie(files=lambda files: files | {"gone.sha256": line})))


@cases("E225")
def two_first_hand_offs() -> Scene:
    """The organiser sealed two first hand-offs for one Link."""
    stick, other = travelled(), Stick()
    other.sign_relay(relay_page())
    other.put("data/anders.txt", "Anders.\n")
    other.hand_over(ORGANISER, lie=Lie(folder="000001-ncsi-2"))
    stick.files |= other.take_folder("linksync/handoffs/000001-ncsi-2")
    return Scene(stick=stick)


@cases("W106")
def further_than_seen_before() -> Scene:
    """The stick has gone on since it was seen here."""
    stick = travelled()
    memory: Memory = stick.memory
    gave(stick, EMMEN)
    return Scene(stick=stick, memory=memory)


@cases("W115")
def newer_relay_version_known_here() -> Scene:
    """A newer relay version is known here than has come to the stick."""
    stick = travelled()
    newer = stick.copy()
    newer.sign_relay(relay_page())
    return Scene(stick=stick, known=newer.relays)
