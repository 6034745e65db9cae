"""Sound sticks: what a relay looks like when nobody tampers with anything."""

from linksync.demo.scenes import (
    CARD_NO,
    CARD_YES,
    LESSON,
    PLAN,
    REPORT,
    Cases,
    Scene,
    prepared,
    travelled,
    travelled_on,
)
from linksync.demo.sticks import ASSEN, EMMEN, ORGANISER, ZWOLLE, Stick, party, relay_page
from linksync.demo.tampering_signatures import stolen, with_key

cases = Cases()


@cases("OK")
def prepared_for_the_journey() -> Scene:
    """A Link as the organiser prepared it: relay version 1 and hand-off 1."""
    return Scene(stick=prepared())


@cases("OK")
def handed_over_once() -> Scene:
    """Two hand-offs: the stick of the worked example."""
    return Scene(stick=travelled())


@cases("OK")
def nothing_on_it() -> Scene:
    """A Link without a single file: no list is written, and no manifest."""
    stick = Stick()
    stick.sign_relay(relay_page())
    stick.hand_over(ORGANISER)
    return Scene(stick=stick)


@cases("OK")
def handed_over_with_nothing_new() -> Scene:
    """A departure and an arrival without changes: two parties sealed the same state."""
    stick = travelled_on()
    stick.hand_over(ZWOLLE)
    return Scene(stick=stick)


@cases("OK")
def host_with_two_keys() -> Scene:
    """A host has two keys, and signs with the second."""
    stick = travelled(with_key(EMMEN, EMMEN, "emmen-2"))
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN, by="emmen-2")
    return Scene(stick=stick)


@cases("OK")
def host_rotated_its_key() -> Scene:
    """A later relay version lists another key for a host; what it signed with the old one stands."""
    stick = travelled_on()
    stick.sign_relay(with_key(EMMEN, "emmen-new"))
    stick.put(LESSON, "Twee docenten, een klas, een jaar later.\n")
    stick.hand_over(EMMEN, by="emmen-new")
    return Scene(stick=stick)


@cases("OK")
def organiser_rotated_its_key() -> Scene:
    """Version 2 lists a new key for the organiser and is signed with the old one, version 3 with the new one."""
    stick = travelled()
    stick.sign_relay(relay_page(organiser="ncsi-new"))
    stick.sign_relay({**relay_page(organiser="ncsi-new"), "name": "Estafette van 2011"}, by="ncsi-new")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("OK")
def organiser_with_a_spare_key() -> Scene:
    """Version 1 lists a spare key; the first one was lost, and version 2 is signed with the spare one."""
    page = {**relay_page(), "organiser": party(ORGANISER, ORGANISER, "ncsi-spare")}
    stick = travelled(page)
    stick.sign_relay({**page, "organiser": party(ORGANISER, "ncsi-spare")}, by="ncsi-spare")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("OK")
def stolen_key_and_its_last_good_seal() -> Scene:
    """A key was stolen and revoked from its last good seal on: that one, and what came before, stands."""
    stick = travelled_on()
    stick.sign_relay(stolen(stick, stick.seals[-1]))
    stick.hand_over(ZWOLLE)
    return Scene(stick=stick)


@cases("OK")
def receipt_and_decision() -> Scene:
    """An archive's receipt and an archivist's decision travel along."""
    stick = travelled_on()
    stick.give_receipt(stick.line[-1])
    contents = (stick.state.files[LESSON.encode()].hex(),)
    stick.decide({"act": "audience", "contents": contents, "audience": "everyone"})
    return Scene(stick=stick)


@cases("OK")
def consent_withdrawn() -> Scene:
    """A card no longer says yes: the next hand-off keeps the folder with the organisers from then on."""
    stick = travelled()
    stick.put(f"data/{ASSEN}/KAART.txt", CARD_NO)
    stick.hand_over(EMMEN, facts={"narrowed": (f"data/{ASSEN}".encode(),)})
    return Scene(stick=stick)


@cases("OK")
def cards_and_folders() -> Scene:
    """A contribution for everyone, in which a card in a folder below keeps that folder with the organisers."""
    stick = travelled()
    stick.put(f"data/{EMMEN}/KAART.txt", CARD_YES)
    stick.put(f"data/{EMMEN}/foto.txt", "Voor iedereen.\n")
    stick.put(f"data/{EMMEN}/namen/KAART.txt", CARD_YES.replace("ja", "liever niet"))
    stick.put(f"data/{EMMEN}/namen/klas.txt", "Voor de organisatie.\n")
    stick.hand_over(EMMEN)
    return Scene(stick=stick)


@cases("OK")
def names_as_people_give_them() -> Scene:
    """Accents, spaces, ``&`` and ``%`` in names, and a file beside ``data/``."""
    stick = travelled_on()
    stick.put(f"data/{ZWOLLE}/Verslag & plan, 100% zorg.txt", "Zorg.\n")
    stick.put(f"data/{ZWOLLE}/Cliënten én familie.txt", "Familie.\n")
    stick.put("Naast de map.txt", "Ernaast.\n")
    stick.hand_over(ZWOLLE)
    return Scene(stick=stick)


@cases("OK")
def changed_moved_and_gone() -> Scene:
    """A hand-off that seals a new revision, a move and a file that is gone."""
    stick = travelled_on()
    stick.put(REPORT, "Wij volgden twee aanvragen.\n")
    stick.put(f"data/{ASSEN}/plannen/plan.txt", stick.take(PLAN))
    stick.take(LESSON)
    stick.hand_over(ZWOLLE)
    return Scene(stick=stick)
