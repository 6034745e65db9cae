"""What the doctor says of this computer: what was found, and how to mend it, in Dutch and English."""

from collections.abc import Mapping
from typing import TypeAlias

from linksync.people import sentences_limited, sentences_reading
from linksync.people.sentences import filled
from linksync.people.texts import Language

_Pair: TypeAlias = tuple[str, str]
_NOTHING: _Pair = ("", "")

CHECKS: dict[str, tuple[_Pair, _Pair]] = {
    # the computer
    "system-fine": (
        ("linksync {linksync} draait op Python {python}.", "linksync {linksync} runs on Python {python}."),
        _NOTHING,
    ),
    "system-other": (
        ("Een gastheer heeft Linux nodig; dit is {system}.", "A host needs Linux; this is {system}."),
        (
            "Controleren en ophalen kan hier wel: linksync verify, linksync pull.",
            "Checking and pulling do work here: linksync verify, linksync pull.",
        ),
    ),
    "udev-tells": (
        ("Deze computer meldt het als er een stick in gaat.", "This computer tells when a stick is plugged in."),
        _NOTHING,
    ),
    "udev-absent": (
        (
            "Hier draait geen udev; linksync kijkt zelf elke paar seconden of er een stick is.",
            "No udev runs here; linksync looks every few seconds by itself whether there is a stick.",
        ),
        (
            "In een container hoort dat zo; geef de map van de stick met --watch.",
            "In a container that is as it should be; give the stick's folder with --watch.",
        ),
    ),
    "udisks-answers": (
        ("udisks {version} opent en sluit sticks.", "udisks {version} opens and closes sticks."),
        _NOTHING,
    ),
    "udisks-absent": (
        (
            "Niemand kan hier sticks openen en veilig afsluiten: udisks is er niet of antwoordt niet.",
            "Nobody here can open sticks and close them safely: udisks is not here or does not answer.",
        ),
        (
            "Installeer het als beheerder: apt install udisks2. Tot dan ziet linksync alleen wat een ander opent.",
            "Install it as administrator: apt install udisks2. Until then linksync sees only what somebody else opens.",
        ),
    ),
    "allowed-yes": (
        ("Deze gebruiker mag sticks openen.", "This user may open sticks."),
        _NOTHING,
    ),
    "allowed-unknown": (
        (
            "Of deze gebruiker sticks mag openen, is niet te vragen: pkcheck is er niet.",
            "Whether this user may open sticks cannot be asked: pkcheck is not here.",
        ),
        ("Installeer het als beheerder: apt install polkitd.", "Install it as administrator: apt install polkitd."),
    ),
    "allowed-from-afar": (
        (
            "Van een afstand (ssh) mag deze gebruiker geen sticks openen; ingelogd aan het scherm misschien wel.",
            "From afar (ssh) this user may not open sticks; logged in at the screen perhaps so.",
        ),
        (
            "Log in aan het scherm van deze computer en doe daar linksync doctor.",
            "Log in at this computer's screen and do linksync doctor there.",
        ),
    ),
    "allowed-no": (
        ("Deze gebruiker mag geen sticks openen.", "This user may not open sticks."),
        (
            "Log in aan het scherm van deze computer, of laat een beheerder het {user} toestaan met een regel in"
            ' /etc/polkit-1/rules.d voor de acties "org.freedesktop.udisks2.filesystem-mount", ".eject-media" en'
            ' ".power-off-drive".',
            "Log in at this computer's screen, or have an administrator allow it to {user} with a rule in"
            ' /etc/polkit-1/rules.d for the actions "org.freedesktop.udisks2.filesystem-mount", ".eject-media" and'
            ' ".power-off-drive".',
        ),
    ),
    "automounter-there": (
        (
            "{program} opent sticks vanzelf; linksync gebruikt dat.",
            "{program} opens sticks by itself; linksync uses it.",
        ),
        _NOTHING,
    ),
    "automounter-none": (
        (
            "Geen ander programma opent sticks vanzelf; linksync doet het.",
            "No other program opens sticks by itself; linksync does.",
        ),
        _NOTHING,
    ),
    "drivers-all": (
        ("Sticks met FAT, exFAT en NTFS kunnen gelezen worden.", "Sticks with FAT, exFAT and NTFS can be read."),
        _NOTHING,
    ),
    "drivers-fat": (
        ("Deze computer kan geen sticks met FAT lezen.", "This computer cannot read sticks with FAT."),
        (
            "De kernel mist de module vfat; installeer als beheerder de gewone kernel van dit systeem.",
            "The kernel lacks the module vfat; as administrator install this system's ordinary kernel.",
        ),
    ),
    "drivers-exfat": (
        ("Deze computer kan geen sticks met exFAT lezen.", "This computer cannot read sticks with exFAT."),
        ("Installeer als beheerder: apt install exfat-fuse", "Install as administrator: apt install exfat-fuse"),
    ),
    "drivers-ntfs": (
        ("Deze computer kan geen sticks met NTFS lezen.", "This computer cannot read sticks with NTFS."),
        ("Installeer als beheerder: apt install ntfs-3g", "Install as administrator: apt install ntfs-3g"),
    ),
    "systemd-starts": (
        ("systemd kan linksync vanzelf starten.", "systemd can start linksync by itself."),
        _NOTHING,
    ),
    "systemd-login": (
        (
            "linksync draait hier alleen zolang {user} is ingelogd.",
            "linksync runs here only while {user} is logged in.",
        ),
        (
            "Laat het altijd draaien met: loginctl enable-linger {user}",
            "Have it run always with: loginctl enable-linger {user}",
        ),
    ),
    "systemd-absent": (
        ("Hier draait geen systemd voor gebruikers.", "No systemd for users runs here."),
        (
            '"linksync daemon install" laat het bureaublad hem starten; of doe zelf "linksync daemon run".',
            '"linksync daemon install" has the desktop start it; or do "linksync daemon run" yourself.',
        ),
    ),
    "service-runs": (
        ("De dienst draait, versie {version}, en start vanzelf.", "The service runs, version {version}, by itself."),
        _NOTHING,
    ),
    "service-autostart": (
        ("Het bureaublad start linksync bij het inloggen.", "The desktop starts linksync at login."),
        _NOTHING,
    ),
    "service-none": (
        ("linksync start hier niet vanzelf.", "linksync does not start by itself here."),
        ("Doe: linksync daemon install", "Do: linksync daemon install"),
    ),
    "service-other": (
        (
            "Wat vanzelf start, is een andere linksync: versie {version}, en dit is {expected} op deze plek.",
            "What starts by itself is another linksync: version {version}, and this is {expected} in this place.",
        ),
        ("Doe: linksync daemon install", "Do: linksync daemon install"),
    ),
    "service-stopped": (
        ("De dienst draait niet.", "The service does not run."),
        (
            "Doe: systemctl --user restart linksync, en kijk anders met journalctl --user -u linksync wat hem scheelt.",
            "Do: systemctl --user restart linksync, else see with journalctl --user -u linksync what ails it.",
        ),
    ),
    "service-old": (
        (
            "De dienst draait nog met versie {version}; {expected} is erop gezet.",
            "The service still runs version {version}; {expected} was installed.",
        ),
        ("Doe: systemctl --user restart linksync", "Do: systemctl --user restart linksync"),
    ),
    "notifications-shown": (
        ("Meldingen verschijnen op het scherm.", "Notifications appear on the screen."),
        _NOTHING,
    ),
    "notifications-none": (
        (
            "Hier toont niemand meldingen; de pagina en linksync status --follow zeggen hetzelfde.",
            "Nobody shows notifications here; the page and linksync status --follow say the same.",
        ),
        (
            "Op een bureaublad zonder meldingen helpt: apt install dunst",
            "On a desktop without notifications this helps: apt install dunst",
        ),
    ),
    "tools-there": (
        (
            "ssh-keygen en sha256sum zijn er, voor wie zonder linksync wil controleren.",
            "ssh-keygen and sha256sum are here, for whoever checks without linksync.",
        ),
        _NOTHING,
    ),
    "tools-missing": (
        (
            "Niet hier: {programs}; nodig om zonder linksync te controleren.",
            "Not here: {programs}; needed to check without linksync.",
        ),
        (
            "Installeer als beheerder: apt install openssh-client coreutils",
            "Install as administrator: apt install openssh-client coreutils",
        ),
    ),
    "letters-all": (
        ("Namen met accenten worden goed getoond.", "Names with accents are shown as they are."),
        _NOTHING,
    ),
    "letters-few": (
        (
            "Dit scherm kent geen letters met accenten ({encoding}); namen worden anders getoond, niet veranderd.",
            "This screen knows no letters with accents ({encoding}); names are shown otherwise, not changed.",
        ),
        ("Kies een taal met UTF-8: export LANG=nl_NL.UTF-8", "Choose a language with UTF-8: export LANG=en_GB.UTF-8"),
    ),
    # the host
    "settings-complete": (
        ("Deze computer is van {host}; werkwijze: {policy}.", "This computer is of {host}; policy: {policy}."),
        _NOTHING,
    ),
    "settings-missing": (
        ("In de instellingen ontbreekt: {fields}.", "The settings lack: {fields}."),
        ("Doe: linksync host setup", "Do: linksync host setup"),
    ),
    "organiser-known": (
        ("De estafette {relay} is bekend, versie {version}.", "The relay {relay} is known, version {version}."),
        _NOTHING,
    ),
    "organiser-alone": (
        (
            "Van de estafette is alleen de vingerafdruk bekend: {key}. De stick brengt de rest mee.",
            "Of the relay only the fingerprint is known: {key}. The stick brings the rest.",
        ),
        _NOTHING,
    ),
    "organiser-none": (
        (
            "De vingerafdruk van het label is hier niet bekend; zonder kan geen Link vertrouwd worden.",
            "The label's fingerprint is not known here; without it no Link can be trusted.",
        ),
        ("Doe: linksync host setup", "Do: linksync host setup"),
    ),
    "key-listed": (
        ("De sleutel tekent, en staat in de estafette als {host}.", "The key signs, and is in the relay as {host}."),
        _NOTHING,
    ),
    "key-agent": (
        (
            "De ssh-agent tekent: vanzelf overdragen gaat zolang die draait en de dienst hem kent.",
            "The ssh-agent signs: handing over by itself works while it runs and the service knows it.",
        ),
        (
            "Geef de dienst de agent met: systemctl --user import-environment SSH_AUTH_SOCK",
            "Give the service the agent with: systemctl --user import-environment SSH_AUTH_SOCK",
        ),
    ),
    "key-locked": (
        (
            "De sleutel heeft een wachtwoord, dus linksync kan niet vanzelf tekenen.",
            "The key has a passphrase, so linksync cannot sign by itself.",
        ),
        (
            "Haal het eraf met ssh-keygen -p, laat de ssh-agent tekenen, of maak een andere sleutel.",
            "Remove it with ssh-keygen -p, have the ssh-agent sign, or make another key.",
        ),
    ),
    "key-unknown": (
        (
            "De sleutel tekent; of hij in de estafette staat, blijkt als de stick komt ({key}).",
            "The key signs; whether it is in the relay will show when the stick comes ({key}).",
        ),
        _NOTHING,
    ),
    "key-unlisted": (
        ("Sleutel {key} staat niet in de estafette als {host}.", "Key {key} is not in the relay as {host}."),
        (
            "Stuur de publieke sleutel aan de organisatie: linksync host setup --yes toont hem.",
            "Send the public key to the organiser: linksync host setup --yes shows it.",
        ),
    ),
    "archive-reached": (
        ("Het archief {archive} is bereikbaar.", "The archive {archive} can be reached."),
        _NOTHING,
    ),
    "archive-none": (
        (
            "Er is geen archief ingesteld; wat wordt opgenomen, blijft op deze computer tot er een is.",
            "No archive is set; what is taken in stays on this computer until there is one.",
        ),
        ("Doe: linksync host setup", "Do: linksync host setup"),
    ),
    "archive-untried": (
        (
            "Het archief is niet geprobeerd: de vingerafdruk van het label is nog niet bekend.",
            "The archive was not tried: the label's fingerprint is not known yet.",
        ),
        ("Doe: linksync host setup", "Do: linksync host setup"),
    ),
    "archive-away": (
        ("Het archief {archive} is nu niet te bereiken.", "The archive {archive} cannot be reached now."),
        (
            "Dat hoeft ook niet om over te dragen; verbind het netwerk of die map, dan wordt alles verstuurd.",
            "Nor need it be to hand over; connect the network or that folder, and all of it is sent.",
        ),
    ),
    "memory-roomy": (
        ("Er is plaats voor {room:bytes} aan bijdragen.", "There is room for {room:bytes} of contributions."),
        _NOTHING,
    ),
    "memory-small": (
        (
            "Er is plaats voor {room:bytes}; een volle stick past daar misschien niet in.",
            "There is room for {room:bytes}; a full stick may not fit.",
        ),
        ("Maak ruimte op de schijf van {path}.", "Make room on the disk of {path}."),
    ),
    "memory-full": (
        ("De schijf is vol: er is nog {room:bytes}.", "The disk is full: {room:bytes} are left."),
        ("Maak ruimte op de schijf van {path}.", "Make room on the disk of {path}."),
    ),
    "memory-closed": (
        ("In {path} mag deze gebruiker niet schrijven.", "This user may not write in {path}."),
        (
            "Kies een andere map met state: in config.yaml, of laat de beheerder deze openen.",
            "Choose another folder with state: in config.yaml, or have the administrator open this one.",
        ),
    ),
    "memory-damaged": (
        (
            "{path} in het geheugen is beschadigd; wat daarin staat, wordt niet verstuurd.",
            "{path} in the memory is damaged; what it holds is not sent.",
        ),
        (
            "Bewaar een kopie van die map en vraag de organisatie om hulp; de stick zelf is heel.",
            "Keep a copy of that folder and ask the organiser for help; the stick itself is whole.",
        ),
    ),
    "outbox-empty": (("Er is niets meer te versturen.", "Nothing is left to send."), _NOTHING),
    "outbox-owed": (
        (
            "Nog te versturen: {count} overdracht(en), {size:bytes}.",
            "Still to be sent: {count} hand-off(s), {size:bytes}.",
        ),
        ("Dat gaat vanzelf, of met: linksync sync", "That goes by itself, or with: linksync sync"),
    ),
    "clock-right": (("De klok kan kloppen.", "The clock can be right."), _NOTHING),
    "clock-behind": (
        (
            "De klok loopt achter: het was hier al later dan nu.",
            "The clock is behind: it has been later here than it is now.",
        ),
        ("Zet de klok goed: timedatectl set-ntp true", "Set the clock: timedatectl set-ntp true"),
    ),
    # the doctor
    **sentences_limited.CHECKS,  # what visitors bring
    **sentences_reading.CHECKS,
    "slow-answer": (
        ("Niet te onderzoeken ({what}): er komt geen antwoord.", "Cannot be examined ({what}): no answer comes."),
        ("Start deze computer opnieuw als het zo blijft.", "Restart this computer if it stays so."),
    ),
    "slow-failed": (
        ("Niet te onderzoeken ({what}: {why}).", "Cannot be examined ({what}: {why})."),
        ("Meld het, als het zo blijft.", "Report it, if it stays so."),
    ),
}
"""Slug to what was found and how to mend it; the latter is empty where there is nothing to mend."""


def check_sentence(slug: str, fields: Mapping[str, object], language: Language) -> str:
    """What was found, in one sentence."""
    return filled(CHECKS[slug][0], fields, language)


def check_remedy(slug: str, fields: Mapping[str, object], language: Language) -> str:
    """How to mend it; "" where there is nothing to mend."""
    return filled(CHECKS[slug][1], fields, language)
