"""What the daemon says while a stick is in: a sentence, and what to do now.

The first sentence is read across a room: it is short, and it alone may say that the stick can be taken out.
"""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

_NOTHING: _Pair = ("", "")
_LEAVE: _Pair = ("Laat de stick zitten.", "Leave the stick in.")
_BY_ITSELF: _Pair = (
    "Laat de stick zitten; het gaat vanzelf verder.",
    "Leave the stick in; it goes on by itself.",
)
_AGAIN: _Pair = (
    "Steek de stick er weer in, dan wordt het vanzelf afgemaakt.",
    "Plug the stick in again; the rest is then done by itself.",
)

ERRORS: dict[str, _Pair] = {
    "panel-port": (
        "De pagina van linksync kan poort {port} niet krijgen ({why}). Er is niets veranderd; kies een andere poort, of"
        " 0 voor een willekeurige.",
        "linksync's page cannot get port {port} ({why}). Nothing was changed; choose another port, or 0 for any.",
    ),
    "daemon-absent": (
        "Het programma dat op de Link wacht, draait hier niet. Er is niets veranderd; start het met"
        ' "linksync daemon run", of laat het vanzelf starten met "linksync daemon install".',
        "The program that waits for the Link does not run here. Nothing was changed; start it with"
        ' "linksync daemon run", or have it start by itself with "linksync daemon install".',
    ),
    "daemon-silent": (
        "Het programma dat op de Link wacht, antwoordt niet zoals het hoort ({why}). Er is niets veranderd; probeer het"
        " zo nog eens, en start het anders opnieuw.",
        "The program that waits for the Link does not answer as it should ({why}). Nothing was changed; try again in a"
        " moment, else start it again.",
    ),
}
"""Slug to sentence."""

SAID: dict[str, tuple[_Pair, _Pair]] = {
    "daemon-seen": (("Er is een stick ingestoken.", "A stick was plugged in."), _LEAVE),
    "daemon-folder-seen": (
        ("Er wordt gekeken wat er in {path} staat.", "Having a look at what stands in {path}."),
        _NOTHING,
    ),
    "daemon-not-mounted": (
        ("Deze computer opent de stick niet vanzelf.", "This computer does not open the stick by itself."),
        (
            "Open de stick in het programma voor je bestanden, dan gaat het vanzelf verder.",
            "Open the stick in your file manager, and it goes on by itself.",
        ),
    ),
    "daemon-opening-again": (
        ("De stick antwoordde even niet.", "The stick did not answer for a moment."),
        (
            "Laat hem zitten; het wordt vanzelf nog eens geprobeerd.",
            "Leave it in; it is tried again by itself.",
        ),
    ),
    "daemon-folder-missing": (
        ("De map {path} is er nog niet.", "The folder {path} is not there yet."),
        ("Zodra hij er is, gaat het vanzelf verder.", "As soon as it is there, it goes on by itself."),
    ),
    "daemon-looking": (("De stick wordt bekeken.", "Having a look at the stick."), _LEAVE),
    "daemon-foreign": (
        (
            "Dit is geen Link. Er is niets op deze stick veranderd.",
            "This is not a Link. Nothing on this stick was changed.",
        ),
        (
            "Gebruik hem gewoon zoals je gewend bent, en steek de Link erin.",
            "Use it as you always do, and plug in the Link.",
        ),
    ),
    "daemon-foreign-folder": (
        (
            "In {path} staat geen Link. Er is niets veranderd.",
            "There is no Link in {path}. Nothing was changed.",
        ),
        (
            "Zodra er een Link staat, gaat het vanzelf verder.",
            "As soon as a Link stands there, it goes on by itself.",
        ),
    ),
    "daemon-recognised": (
        ("Dit is de Link. Laatste overdracht: {number}.", "This is the Link. Last hand-off: {number}."),
        _LEAVE,
    ),
    "daemon-waiting-turn": (
        (
            "Deze stick wacht op zijn beurt. De andere wordt eerst afgemaakt.",
            "This stick waits its turn. The other one is finished first.",
        ),
        _BY_ITSELF,
    ),
    "daemon-waiting-memory": (
        (
            "Even wachten: linksync is op deze computer nog met iets anders bezig.",
            "One moment: linksync is still busy with something else on this computer.",
        ),
        _BY_ITSELF,
    ),
    "daemon-checking": (
        ("Er wordt gekeken wat erbij is gekomen.", "Looking at what was added."),
        _LEAVE,
    ),
    "daemon-verifying": (("De stick wordt helemaal nagekeken.", "The whole stick is being checked."), _LEAVE),
    "daemon-reading": (
        (
            "De stick wordt gelezen. Wat nieuw is, wordt meteen op deze computer bewaard.",
            "The stick is being read. What is new is kept on this computer at once.",
        ),
        _LEAVE,
    ),
    "daemon-arriving": (
        (
            "Er wordt nog iets op de stick gezet. Nog bezig: {count:files}.",
            "Something is still being put on the stick. Still busy: {count:files}.",
        ),
        (
            "Laat de stick zitten; zodra het kopiëren klaar is, gaat het vanzelf verder.",
            "Leave the stick in; as soon as the copying is done, it goes on by itself.",
        ),
    ),
    "daemon-ask": (
        (
            "Klaar om over te dragen. Nieuw en nagekeken: {count:files}, {bytes:bytes}.",
            "Ready to hand over. New and checked: {count:files}, {bytes:bytes}.",
        ),
        (
            "Kijk hieronder wat erbij kwam, en druk op Overdragen.",
            "See below what was added, and press Hand over.",
        ),
    ),
    "daemon-ask-nothing": (
        (
            "Er staat niets nieuws op de stick sinds overdracht {number}.",
            "There is nothing new on the stick since hand-off {number}.",
        ),
        (
            "Zet er eerst iets op, of druk op Overdragen om alleen te tekenen dat hij hier was.",
            "Add something first, or press Hand over just to sign that it was here.",
        ),
    ),
    "daemon-verified-well": (
        (
            "Alles klopt. {files:files} nagekeken, tot en met overdracht {number}.",
            "All is well. {files:files} checked, up to hand-off {number}.",
        ),
        (
            "Druk op Uitnemen voordat je de stick eruit haalt.",
            "Press Take out before you pull the stick.",
        ),
    ),
    "daemon-verified-ill": (
        ("Er klopt iets niet. {verdict}", "Something is not right. {verdict}"),
        ("{remedy}", "{remedy}"),
    ),
    "daemon-screening": (
        (
            "De nieuwe bestanden worden nagekeken. Ze staan al op deze computer.",
            "The new files are being checked. They are already on this computer.",
        ),
        _LEAVE,
    ),
    "daemon-signing": (
        ("De overdracht wordt getekend.", "The hand-off is being signed."),
        _LEAVE,
    ),
    "daemon-sealed": (
        (
            "Overdracht {number} is getekend. Alles staat veilig op deze computer en gaat nu naar de stick.",
            "Hand-off {number} is signed. All of it is safe on this computer and now goes to the stick.",
        ),
        _LEAVE,
    ),
    "daemon-writing": (
        (
            "Overdracht {number} wordt op de stick geschreven. Alles staat al veilig op deze computer.",
            "Hand-off {number} is being written to the stick. All of it is safe on this computer already.",
        ),
        _LEAVE,
    ),
    "daemon-finishing": (
        (
            "Een eerdere overdracht wordt afgemaakt. Het gaat om {handoff}; er was niets verloren.",
            "An earlier hand-off is being finished. It is {handoff}; nothing was lost.",
        ),
        _LEAVE,
    ),
    "daemon-reading-back": (
        (
            "Overdracht {number} wordt teruggelezen. Zo weten we zeker dat ze er goed op staat.",
            "Hand-off {number} is being read back. That way we know that it is there as it should be.",
        ),
        _LEAVE,
    ),
    "daemon-read-back": (
        (
            "Overdracht {number} staat goed op de stick.",
            "Hand-off {number} stands well on the stick.",
        ),
        ("Laat de stick nog even zitten.", "Leave the stick in for a moment."),
    ),
    "daemon-eject-yourself": (
        (
            "De overdracht is klaar. Overdracht {number} staat op de stick en op deze computer.",
            "The hand-off is done. Hand-off {number} stands on the stick and on this computer.",
        ),
        (
            "Kies nu zelf Uitwerpen in het programma voor je bestanden, en haal de stick er pas daarna uit.",
            "Now choose Eject in your file manager yourself, and only then take the stick out.",
        ),
    ),
    "daemon-stays": (
        (
            "De stick is bij. Overdracht {number} is getekend; er kan gewoon weer iets op.",
            "The stick is up to date. Hand-off {number} is signed; more can be added.",
        ),
        (
            "Druk op Uitnemen voordat je hem eruit haalt.",
            "Press Take out before you pull it.",
        ),
    ),
    "daemon-stays-new": (
        (
            "Er is iets bijgekomen. Sinds de overdracht: {count:files}, {bytes:bytes}.",
            "Something was added. Since the hand-off: {count:files}, {bytes:bytes}.",
        ),
        (
            "Druk op Uitnemen: dan wordt dit ook getekend, en daarna mag de stick eruit.",
            "Press Take out: this is then signed as well, and after that the stick may come out.",
        ),
    ),
    "daemon-folder-new": (
        (
            "Er is iets bijgekomen in de map. Sinds de overdracht: {count:files}, {bytes:bytes}.",
            "Something was added in the folder. Since the hand-off: {count:files}, {bytes:bytes}.",
        ),
        (
            "Het wordt vanzelf overgedragen zodra alles er helemaal op staat.",
            "It is handed over by itself as soon as all of it is there.",
        ),
    ),
    "daemon-folder-ask": (
        (
            "Er is iets bijgekomen in de map. Sinds de overdracht: {count:files}, {bytes:bytes}.",
            "Something was added in the folder. Since the hand-off: {count:files}, {bytes:bytes}.",
        ),
        (
            "Kijk hieronder wat erbij kwam, en druk op Overdragen.",
            "See below what was added, and press Hand over.",
        ),
    ),
    "daemon-folder-done": (
        (
            "Klaar. Overdracht {number} staat geschreven en getekend in de map.",
            "Done. Hand-off {number} stands in the folder, written and signed.",
        ),
        _NOTHING,
    ),
    "daemon-stalled": (
        (
            "De stick antwoordt al {seconds} seconden niet. Er is niets verloren.",
            "The stick has not answered for {seconds} seconds. Nothing is lost.",
        ),
        (
            "Laat hem zitten; er wordt nog op hem gewacht.",
            "Leave it in; we are still waiting for it.",
        ),
    ),
    "daemon-safe": (
        (
            "De stick mag eruit. Overdracht {number} is klaar. Nieuw: {count:files}, {bytes:bytes}.",
            "You can take the stick out. Hand-off {number} is done. New: {count:files}, {bytes:bytes}.",
        ),
        ("Haal de stick eruit en geef hem door.", "Take the stick out and pass it on."),
    ),
    "daemon-safe-waiting": (
        (
            "De stick mag eruit. Overdracht {number} is klaar. Nieuw: {count:files}. Niet mee deze keer:"
            " {waiting:files}.",
            "You can take the stick out. Hand-off {number} is done. New: {count:files}. Left for later:"
            " {waiting:files}.",
        ),
        (
            "Haal de stick eruit en geef hem door; wat achterbleef staat nog op de stick, en hieronder staat waarom.",
            "Take the stick out and pass it on; what was left is still on the stick, and below it says why.",
        ),
    ),
    "daemon-safe-left": (
        (
            "De stick mag eruit. Er is niets overgedragen sinds overdracht {number}. Niet mee deze keer:"
            " {waiting:files}.",
            "You can take the stick out. Nothing was handed over since hand-off {number}. Left for later:"
            " {waiting:files}.",
        ),
        (
            "Haal de stick eruit en geef hem door; wat achterbleef staat nog op de stick, en hieronder staat waarom.",
            "Take the stick out and pass it on; what was left is still on the stick, and below it says why.",
        ),
    ),
    "daemon-safe-nothing": (
        (
            "De stick mag eruit. Er stond niets nieuws op sinds overdracht {number}.",
            "You can take the stick out. There was nothing new on it since hand-off {number}.",
        ),
        ("Haal de stick eruit en geef hem door.", "Take the stick out and pass it on."),
    ),
    "daemon-safe-untouched": (
        (
            "De stick mag eruit. Er is niets overgedragen en niets veranderd.",
            "You can take the stick out. Nothing was handed over and nothing was changed.",
        ),
        _NOTHING,
    ),
    "daemon-taken-out": (
        (
            "De stick is eruit. Overdracht {number} staat veilig op deze computer en gaat vanzelf naar het archief.",
            "The stick is out. Hand-off {number} is safe on this computer and goes to the archive by itself.",
        ),
        ("Geef de stick door.", "Pass the stick on."),
    ),
    "daemon-taken-out-untouched": (
        (
            "De stick is eruit. Er is niets overgedragen, en er hoeft niets verstuurd te worden.",
            "The stick is out. Nothing was handed over, and there is nothing to send.",
        ),
        _NOTHING,
    ),
    "daemon-synced": (
        (
            "Het archief heeft het. Archief {archive} tekende voor overdracht {number}.",
            "The archive has it. Archive {archive} signed for hand-off {number}.",
        ),
        _NOTHING,
    ),
    "daemon-yanked": (
        (
            "De stick is er te vroeg uitgehaald. Er is niets verloren en niets veranderd.",
            "The stick was taken out too early. Nothing is lost and nothing was changed.",
        ),
        _AGAIN,
    ),
    "daemon-yanked-sealed": (
        (
            "De stick is er te vroeg uitgehaald. Er is niets verloren: overdracht {number} staat getekend op deze"
            " computer.",
            "The stick was taken out too early. Nothing is lost: hand-off {number} stands on this computer, signed.",
        ),
        _AGAIN,
    ),
    "daemon-yanked-done": (
        (
            "De stick is eruit. Dat was iets te vroeg, maar er is niets verloren: overdracht {number} stond er al goed"
            " op.",
            "The stick is out. That was a little early, but nothing is lost: hand-off {number} was already on it.",
        ),
        (
            "Geef hem door, en wacht een volgende keer tot het licht zegt dat hij eruit mag.",
            "Pass it on, and next time wait until the light says that it can come out.",
        ),
    ),
    "daemon-work-died": (
        (
            "Het werk werd afgebroken. Er is niets verloren en niets half gedaan.",
            "The work was cut off. Nothing is lost and nothing is half-done.",
        ),
        (
            "Laat de stick zitten en druk op Opnieuw proberen; blijft het, herstart dan deze computer.",
            "Leave the stick in and press Try again; if it stays so, restart this computer.",
        ),
    ),
}
"""Slug to sentence, and to what to do now, which may be empty; in Dutch and English."""
