"""What the daemon says while a stick is in: a sentence, and what to do now.

The first sentence is read across a room: it is short, and it alone may say that the stick can be taken out. ``SAID``
has the daemon's own slugs; ``HELD`` says errors again for somebody who sits at a screen and types no commands.
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
_ORGANISER: _Pair = (
    "Bewaar de stick zoals hij is en bel de organisatie.",
    "Keep the stick as it is and call the organiser.",
)
_CALL: _Pair = ("Bel de organisatie.", "Call the organiser.")

SAID: dict[str, tuple[_Pair, _Pair]] = {
    "daemon-seen": (("Er is een stick ingestoken.", "A stick was plugged in."), _LEAVE),
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
            "Een eerdere overdracht wordt afgemaakt: {handoff}. Er was niets verloren.",
            "An earlier hand-off is being finished: {handoff}. Nothing was lost.",
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
    "daemon-ejecting": (
        (
            "Bijna klaar: de stick wordt afgesloten.",
            "Almost done: the stick is being closed.",
        ),
        ("Laat hem nog even zitten.", "Leave it in for a moment."),
    ),
    "daemon-ejecting-busy": (
        (
            "De stick kan er nog niet uit. Hij is nog open in: {programs}. De overdracht zelf is klaar.",
            "The stick cannot come out yet. It is still open in: {programs}. The hand-off itself is done.",
        ),
        (
            "Sluit de bestanden of vensters die op de stick staan; de rest gaat vanzelf.",
            "Close the files or windows that are on the stick; the rest goes by itself.",
        ),
    ),
    "daemon-ejecting-unseen": (
        (
            "De stick kan er nog niet uit. Een programma heeft hem nog open. De overdracht zelf is klaar.",
            "The stick cannot come out yet. Some program still has it open. The hand-off itself is done.",
        ),
        (
            "Sluit de bestanden en vensters die op de stick staan; de rest gaat vanzelf.",
            "Close the files and windows that are on the stick; the rest goes by itself.",
        ),
    ),
    "daemon-ejecting-failed": (
        (
            "De stick kan er nog niet uit. Afsluiten lukte niet ({why}). De overdracht zelf is klaar.",
            "The stick cannot come out yet. Closing it failed ({why}). The hand-off itself is done.",
        ),
        (
            "Laat hem zitten; het wordt vanzelf nog eens geprobeerd.",
            "Leave it in; it is tried again by itself.",
        ),
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
    "daemon-started": (
        ("Het programma draait (linksync {version}).", "The program runs (linksync {version})."),
        _NOTHING,
    ),
    "daemon-no-udev": (
        (
            "Deze computer meldt niet wanneer er een stick in gaat; er wordt om de paar seconden gekeken.",
            "This computer does not tell when a stick is plugged in; we look every few seconds.",
        ),
        _NOTHING,
    ),
    "daemon-no-disks": (
        (
            "Deze computer opent en sluit sticks niet vanzelf. Er gaat niets verloren.",
            "This computer does not open and close sticks by itself. Nothing gets lost.",
        ),
        (
            "Open de stick zelf, en kies aan het eind zelf Uitwerpen.",
            "Open the stick yourself, and choose Eject yourself at the end.",
        ),
    ),
    "daemon-ended": (("Het programma is gestopt.", "The program has stopped."), _NOTHING),
    "daemon-ledger-new": (
        (
            "Het logboek van dit programma was beschadigd en is opzij gezet ({path}). Er is niets verloren.",
            "The ledger of this program was damaged and set aside ({path}). Nothing is lost.",
        ),
        _NOTHING,
    ),
    "daemon-archive-away": (
        (
            "Het archief is nu niet bereikbaar. Alles staat veilig op deze computer en gaat later vanzelf.",
            "The archive cannot be reached now. All is safe on this computer and goes later by itself.",
        ),
        _NOTHING,
    ),
    "daemon-archive-back": (("Het archief is weer bereikbaar.", "The archive can be reached again."), _NOTHING),
    "daemon-sent": (
        (
            "{handoff} is in het archief: {archive} heeft ervoor getekend.",
            "{handoff} is in the archive: {archive} has signed for it.",
        ),
        _NOTHING,
    ),
    "daemon-sent-held": (
        (
            "{handoff} is bij archief {archive} aangekomen en wacht daar op een oordeel. Er is niets verloren.",
            "{handoff} has reached archive {archive} and waits there to be judged. Nothing is lost.",
        ),
        _NOTHING,
    ),
}
"""Slug to sentence, and to what to do now, which may be empty; in Dutch and English."""

HELD: dict[str, tuple[_Pair, _Pair]] = {
    "stick-gone": (
        (
            "De stick is weg. Hij is eruit gehaald, of geeft geen antwoord meer; er is niets verloren.",
            "The stick is gone. It was taken out or no longer answers; nothing is lost.",
        ),
        _AGAIN,
    ),
    "stick-missing": (
        (
            "De stick is weg. Hij is eruit gehaald, of geeft geen antwoord meer; er is niets verloren.",
            "The stick is gone. It was taken out or no longer answers; nothing is lost.",
        ),
        _AGAIN,
    ),
    "disk-gone": (
        (
            "De stick is weg. Hij is eruit gehaald, of geeft geen antwoord meer; er is niets verloren.",
            "The stick is gone. It was taken out or no longer answers; nothing is lost.",
        ),
        _AGAIN,
    ),
    "stick-unreadable": (
        (
            "Een deel van de stick is niet te lezen. Er is niets veranderd ({path}: {why}).",
            "Part of the stick cannot be read. Nothing was changed ({path}: {why}).",
        ),
        (
            "Probeer het nog eens, of steek hem in een andere poort. Blijft het zo, maak dan een kopie van wat nog"
            " leest en bel de organisatie.",
            "Try again, or use another port. If it stays so, make a copy of what still reads and call the organiser.",
        ),
    ),
    "stick-full": (
        (
            "De stick is vol. Er is niets verloren: alles staat veilig op deze computer of nog op de stick.",
            "The stick is full. Nothing is lost: all of it is safe on this computer or still on the stick.",
        ),
        (
            "Bel de organisatie over wat eraf mag, en druk dan op Opnieuw proberen.",
            "Call the organiser about what may go, then press Try again.",
        ),
    ),
    "stick-read-only": (
        (
            "Op deze stick kan niet geschreven worden. Er is niets verloren.",
            "This stick cannot be written to. Nothing is lost.",
        ),
        (
            "Zet het schuifje op de stick om, als het er is, en steek hem er opnieuw in.",
            "Move the little switch on the stick, if there is one, and plug it in again.",
        ),
    ),
    "disk-read-only": (
        (
            "Op deze stick kan niet geschreven worden. Er is niets verloren.",
            "This stick cannot be written to. Nothing is lost.",
        ),
        (
            "Zet het schuifje op de stick om, als het er is, en steek hem er opnieuw in.",
            "Move the little switch on the stick, if there is one, and plug it in again.",
        ),
    ),
    "stick-forbidden": (
        (
            "Deze computer mag niet op de stick schrijven. Er is niets verloren.",
            "This computer may not write on the stick. Nothing is lost.",
        ),
        (
            "Kies Uitwerpen, steek hem er opnieuw in, en vraag anders wie deze computer beheert.",
            "Choose Eject, plug it in again, else ask whoever looks after this computer.",
        ),
    ),
    "stick-write": (
        (
            "Schrijven op de stick lukte niet. Er is niets verloren ({path}: {why}).",
            "Writing to the stick failed. Nothing is lost ({path}: {why}).",
        ),
        (
            "Druk op Opnieuw proberen, of steek hem in een andere poort; lukt het niet, bel dan de organisatie.",
            "Press Try again, or use another port; if that fails, call the organiser.",
        ),
    ),
    "stick-readback": (
        (
            "De stick geeft iets anders terug dan erop geschreven is. Er is niets verloren: het staat veilig op deze"
            " computer.",
            "The stick gives back something else than was written. Nothing is lost: it is safe on this computer.",
        ),
        (
            "Druk op Opnieuw proberen; blijft het zo, dan is de stick versleten: bel de organisatie.",
            "Press Try again; if it stays so the stick is worn out: call the organiser.",
        ),
    ),
    "stick-busy": (
        (
            "Een ander programma van linksync is met deze stick bezig. Er is niets veranderd.",
            "Another linksync program is at work on this stick. Nothing was changed.",
        ),
        _BY_ITSELF,
    ),
    "state-busy": (
        (
            "Even wachten: linksync is op deze computer nog met iets anders bezig. Er is niets veranderd.",
            "One moment: linksync is still busy with something else on this computer. Nothing was changed.",
        ),
        _BY_ITSELF,
    ),
    "stick-folder-taken": (
        (
            "Er staat iets in de weg op de stick. Er is niets overschreven ({path}).",
            "Something on the stick is in the way. Nothing was overwritten ({path}).",
        ),
        _ORGANISER,
    ),
    "half-prepared": (
        (
            "Deze Link is nog niet af. Er is niets veranderd en niets verloren.",
            "This Link is not finished yet. Nothing was changed and nothing is lost.",
        ),
        _CALL,
    ),
    "link-newer": (
        (
            "Deze Link is van een nieuwere versie van linksync. Er is niets veranderd.",
            "This Link is of a newer version of linksync. Nothing was changed.",
        ),
        (
            "Vraag wie deze computer beheert om linksync bij te werken.",
            "Ask whoever looks after this computer to update linksync.",
        ),
    ),
    "organiser-unknown": (
        (
            "Deze Link is van een organisatie die hier nog niet bekend is. Er is niets veranderd. De stick zegt:"
            " {found}",
            "This Link is of an organiser who is not known here yet. Nothing was changed. The stick says: {found}",
        ),
        (
            "Vergelijk dit met het label op de sculptuur, en vraag wie deze computer beheert om het in te stellen.",
            "Compare this with the label on the sculpture, and ask whoever looks after this computer to set it.",
        ),
    ),
    "organiser-other": (
        (
            "Deze stick noemt een andere organisatie dan hier bekend is. Er is niets veranderd.",
            "This stick names another organiser than the one known here. Nothing was changed.",
        ),
        (
            "Vertrouw de stick niet, bewaar hem zoals hij is en bel de organisatie.",
            "Do not trust the stick, keep it as it is and call the organiser.",
        ),
    ),
    "relay-other": (
        (
            "De gegevens van de estafette op deze stick zijn anders dan hier bekend. Er is niets veranderd.",
            "The relay's records on this stick are others than those known here. Nothing was changed.",
        ),
        (
            "Vertrouw de stick niet, bewaar hem zoals hij is en bel de organisatie.",
            "Do not trust the stick, keep it as it is and call the organiser.",
        ),
    ),
    "host-unknown": (
        (
            "{host} staat niet in deze estafette. Er is niets veranderd.",
            "{host} is not in this relay. Nothing was changed.",
        ),
        (
            "Vraag de organisatie om {host} toe te voegen, en druk dan op Opnieuw proberen.",
            "Ask the organiser to add {host}, then press Try again.",
        ),
    ),
    "host-key-other": (
        (
            "De sleutel van deze computer hoort in de estafette niet bij {host}. Er is niets getekend.",
            "The key of this computer is not {host}'s in the relay. Nothing was signed.",
        ),
        (
            "Vraag de organisatie om deze sleutel toe te voegen: {key}",
            "Ask the organiser to add this key: {key}",
        ),
    ),
    "host-full": (
        (
            "Deze computer is vol. Er is niets verloren en de stick is niet veranderd.",
            "This computer is full. Nothing is lost and the stick was not changed.",
        ),
        (
            "Maak wat ruimte en druk op Opnieuw proberen.",
            "Make some room and press Try again.",
        ),
    ),
    "host-write": (
        (
            "Opslaan op deze computer lukte niet. Er is niets verloren ({path}: {why}).",
            "Saving on this computer failed. Nothing is lost ({path}: {why}).",
        ),
        (
            "Druk op Opnieuw proberen; lukt het niet, vraag dan wie deze computer beheert.",
            "Press Try again; if that fails, ask whoever looks after this computer.",
        ),
    ),
    "disk-write": (
        (
            "Opslaan op deze computer lukte niet. Er is niets verloren ({path}: {why}).",
            "Saving on this computer failed. Nothing is lost ({path}: {why}).",
        ),
        (
            "Druk op Opnieuw proberen; lukt het niet, vraag dan wie deze computer beheert.",
            "Press Try again; if that fails, ask whoever looks after this computer.",
        ),
    ),
    "key-needs-passphrase": (
        (
            "De sleutel van deze computer is op slot. Er is niets getekend en niets verloren.",
            "The key of this computer is locked. Nothing was signed and nothing is lost.",
        ),
        (
            "Vraag wie deze computer beheert om de sleutel te openen (ssh-add), en druk op Opnieuw proberen.",
            "Ask whoever looks after this computer to unlock it (ssh-add), and press Try again.",
        ),
    ),
    "key-missing": (
        (
            "De sleutel van deze computer is er niet. Er is niets getekend en niets verloren ({path}).",
            "The key of this computer is not there. Nothing was signed and nothing is lost ({path}).",
        ),
        (
            "Vraag wie deze computer beheert om hem terug te zetten, en druk op Opnieuw proberen.",
            "Ask whoever looks after this computer to put it back, and press Try again.",
        ),
    ),
    "state-damaged": (
        (
            "Het geheugen van linksync op deze computer is beschadigd. Er is niets aan de stick veranderd ({path}).",
            "The memory of linksync on this computer is damaged. Nothing on the stick was changed ({path}).",
        ),
        (
            "Vraag wie deze computer beheert, of bel de organisatie. Niets weggooien.",
            "Ask whoever looks after this computer, or call the organiser. Throw nothing away.",
        ),
    ),
}
"""The slug of an error to the same, for the panel; fields as the error gives them."""
