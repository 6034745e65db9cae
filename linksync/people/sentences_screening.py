"""What screening saw in a file, told to whoever gave it: a word, one sentence, and what to do, for every code.

The file is named beside it. The words complete a sentence ("it is held: …"); the sentences are read at the table, while
the giver is still in the room.
"""

from typing import TypeAlias

from linksync.people.remedies import (
    ARCHIVIST,
    AS_DOCUMENT,
    AS_PDF,
    COPY_AGAIN,
    COPY_ITSELF,
    DOWNLOAD,
    NOTHING,
    WITHOUT_MACROS,
)
from linksync.people.sentences_screened_names import NAMES

_Pair: TypeAlias = tuple[str, str]

SCREENED: dict[str, tuple[_Pair, _Pair, _Pair]] = {
    "program": (
        ("een programma", "a program"),
        ("Dit is een programma, en programma's gaan niet mee.", "This is a program, and programs do not go along."),
        AS_DOCUMENT,
    ),
    "script": (
        ("een script", "a script"),
        (
            "Dit voert opdrachten uit zodra iemand het opent.",
            "This carries out commands as soon as somebody opens it.",
        ),
        AS_DOCUMENT,
    ),
    "autorun": (
        ("het start vanzelf iets", "it starts something by itself"),
        (
            "Dit laat een computer iets starten zodra de stick erin gaat.",
            "This makes a computer start something as soon as the stick is plugged in.",
        ),
        (
            "Haal het van de stick; als niemand het er zelf op zette, laat dan een virusscanner kijken.",
            "Remove it from the stick; if nobody put it there, let a virus scanner look at it.",
        ),
    ),
    "shortcut-command": (
        ("een snelkoppeling met een opdracht", "a shortcut with a command"),
        (
            "Deze snelkoppeling start een programma of opdracht in plaats van een document te openen.",
            "This shortcut starts a program or command instead of opening a document.",
        ),
        COPY_ITSELF,
    ),
    "double-extension": (
        ("een programma met de naam van een document", "a program named like a document"),
        (
            "De naam doet het een document lijken, en het is een programma.",
            "Its name makes it look like a document, and it is a program.",
        ),
        (
            "Open het niet. Het bestand blijft op de stick staan; laat een virusscanner ernaar kijken.",
            "Do not open it. The file stays on the stick; let a virus scanner look at it.",
        ),
    ),
    "malware": (
        ("de virusscanner vond iets", "the virus scanner found something"),
        ("De virusscanner herkent dit als schadelijk.", "The virus scanner knows this to be harmful."),
        (
            "Open het niet, en zeg het wie het gaf: ook de computer waar het vandaan komt kan besmet zijn.",
            "Do not open it, and tell whoever gave it: the computer that it comes from may be infected too.",
        ),
    ),
    "bomb": (
        ("het zwelt op bij het uitpakken", "it swells when unpacked"),
        (
            "Dit is gemaakt om bij het openen een computer vol te laten lopen.",
            "This is made to fill a computer up when it is opened.",
        ),
        (
            "Open het niet. Is het toch een gewoon archief, zet dan de bestanden los op de stick.",
            "Do not open it. If it is an ordinary archive after all, put its files on the stick one by one.",
        ),
    ),
    "dde-command": (
        ("een document dat een opdracht uitvoert", "a document that runs a command"),
        (
            "Dit document wil bij het openen een programma starten.",
            "This document wants to start a program when it is opened.",
        ),
        AS_PDF,
    ),
    "pdf-launch": (
        ("een pdf die een programma start", "a PDF that starts a program"),
        (
            "Deze pdf wil bij het openen of klikken een programma starten.",
            "This PDF wants to start a program when it is opened or clicked.",
        ),
        AS_PDF,
    ),
    "embedded-program": (
        ("er zit een programma in", "there is a program inside"),
        ("In dit document zit een programma verstopt.", "There is a program hidden in this document."),
        AS_PDF,
    ),
    "source-code": (
        ("programmatekst", "program text"),
        (
            "Dit is de tekst van een programma, die sommige computers zomaar uitvoeren.",
            "This is the text of a program, which some computers carry out just so.",
        ),
        ARCHIVIST,
    ),
    "macros": (
        ("er zitten macro's in", "it has macros in it"),
        (
            "Er zitten macro's in: kleine programma's die kwaad kunnen doen.",
            "It has macros in it: small programs that may do harm.",
        ),
        WITHOUT_MACROS,
    ),
    "dde": (
        ("het haalt gegevens uit een ander programma", "it takes data from another program"),
        (
            "Dit document haalt bij het openen gegevens uit een ander programma.",
            "This document takes data from another program when it is opened.",
        ),
        AS_PDF,
    ),
    "remote-content": (
        ("het haalt iets van internet", "it fetches something from the internet"),
        (
            "Dit document haalt bij het openen ongevraagd iets van internet.",
            "This document fetches something from the internet, unasked, when it is opened.",
        ),
        AS_PDF,
    ),
    "pdf-script": (
        ("een pdf met een script", "a PDF with a script"),
        ("In deze pdf zit een script.", "There is a script in this PDF."),
        AS_PDF,
    ),
    "picture-script": (
        ("een plaatje met een script", "a picture with a script"),
        ("In dit plaatje zit een script.", "There is a script in this picture."),
        (
            "Bewaar het als png of jpg en zet dat ernaast; anders beslist een archivaris.",
            "Save it as PNG or JPEG and put that beside it; else an archivist decides.",
        ),
    ),
    "rtf-object": (
        ("er zit een actief onderdeel in", "there is an active object inside"),
        (
            "In deze tekst zit een onderdeel dat bij het openen vanzelf iets start.",
            "In this text there is an object that starts something by itself when it is opened.",
        ),
        AS_PDF,
    ),
    "archive-program": (
        ("een archief met programma's", "an archive with programs"),
        ("In dit archief zitten programma's.", "There are programs in this archive."),
        (
            "Zet de documenten eruit los op de stick; anders beslist een archivaris.",
            "Put the documents in it on the stick one by one; else an archivist decides.",
        ),
    ),
    "archive-path": (
        ("een archief dat buiten zijn map schrijft", "an archive that writes outside its folder"),
        (
            "Dit archief wil bij het uitpakken bestanden buiten zijn eigen map zetten.",
            "When unpacked, this archive wants to put files outside its own folder.",
        ),
        (
            "Zet de documenten eruit los op de stick; anders beslist een archivaris.",
            "Put the documents in it on the stick one by one; else an archivist decides.",
        ),
    ),
    "disk-image": (
        ("een schijfkopie", "a disk image"),
        ("Dit is een kopie van een hele schijf.", "This is a copy of a whole disk."),
        (
            "Zet de documenten eruit los op de stick; anders beslist een archivaris.",
            "Put the documents on it on the stick one by one; else an archivist decides.",
        ),
    ),
    "polyglot": (
        ("twee soorten bestand in een", "two kinds of file in one"),
        (
            "Dit is twee soorten bestand tegelijk; in het ene zit het andere verstopt.",
            "This is two kinds of file at once; one is hidden in the other.",
        ),
        ARCHIVIST,
    ),
    "contradictory": (
        ("het spreekt zichzelf tegen", "it contradicts itself"),
        (
            "Dit bestand zegt van zichzelf twee verschillende dingen; programma's zien er niet hetzelfde in.",
            "This file says two different things of itself; programs do not see the same in it.",
        ),
        ARCHIVIST,
    ),
    "oversized": (
        ("het pakt uit tot heel veel", "it unpacks to very much"),
        (
            "Uitgepakt is dit zo groot dat een gewone computer eraan vastloopt.",
            "Unpacked, this is so large that an ordinary computer gets stuck on it.",
        ),
        (
            "Zet wat ertoe doet los op de stick; anders beslist een archivaris.",
            "Put what matters on the stick by itself; else an archivist decides.",
        ),
    ),
    "page-script": (
        ("een webpagina met een script", "a web page with a script"),
        (
            "Deze webpagina voert een script uit als u haar opent.",
            "This web page runs a script when you open it.",
        ),
        NOTHING,
    ),
    "embedded-file": (
        ("er zit een ander bestand in", "there is another file inside"),
        ("In dit document zit nog een ander bestand.", "There is another file inside this document."),
        NOTHING,
    ),
    "inside-unseen": (
        ("er zitten bestanden in waarin niet is gekeken", "there are files inside that nobody looked into"),
        (
            "Hierin zitten bestanden waarin niet is gekeken of ze kwaad kunnen.",
            "There are files inside this that were not looked into for harm.",
        ),
        NOTHING,
    ),
    "stub-cloud": (
        ("een verwijzing naar de cloud", "a pointer to the cloud"),
        (
            "Dit is niet het document maar een verwijzing ernaar; het document zelf staat nog op internet.",
            "This is not the document but a pointer to it; the document itself is still on the internet.",
        ),
        DOWNLOAD,
    ),
    "stub-web": (
        ("een snelkoppeling naar een webadres", "a shortcut to a web address"),
        (
            "Dit is alleen een webadres; wat daar staat, is niet meegekomen.",
            "This is a web address alone; what stands there did not come along.",
        ),
        (
            "Bewaar de pagina als pdf, of schrijf het adres in een tekst met erbij wat er te leren valt.",
            "Save the page as PDF, or write the address in a text with what there is to learn.",
        ),
    ),
    "stub-shortcut": (
        ("een snelkoppeling", "a shortcut"),
        (
            "Dit is een snelkoppeling; het document zelf is thuisgebleven.",
            "This is a shortcut; the document itself stayed at home.",
        ),
        COPY_ITSELF,
    ),
    "truncated": (
        ("niet compleet", "not complete"),
        (
            "Het eind van dit bestand ontbreekt: het werd niet helemaal gekopieerd.",
            "The end of this file is missing: it was not copied to the end.",
        ),
        COPY_AGAIN,
    ),
    "corrupt": (
        ("beschadigd", "damaged"),
        ("Dit bestand is beschadigd.", "This file is damaged."),
        COPY_AGAIN,
    ),
    "blank": (
        ("er staat niets in", "there is nothing in it"),
        (
            "Dit bestand is wel groot, maar er staan alleen nullen in.",
            "This file has a size, and nothing but zeros in it.",
        ),
        COPY_AGAIN,
    ),
    "unfinished": (
        ("nog niet klaar", "not finished"),
        (
            "Dit is een download of kopie die nog niet klaar is.",
            "This is a download or copy that is not finished.",
        ),
        COPY_AGAIN,
    ),
    "encrypted": (
        ("er zit een wachtwoord op", "it has a password"),
        (
            "Er zit een wachtwoord op, en zonder dat kan niemand het lezen.",
            "It has a password, and nobody can read it without.",
        ),
        (
            "Bewaar het zonder wachtwoord; anders beslist een archivaris.",
            "Save it without a password; else an archivist decides.",
        ),
    ),
    "empty": (
        ("leeg", "empty"),
        ("Dit bestand is leeg.", "This file is empty."),
        (
            "Hoort er iets in te staan, kopieer het dan opnieuw.",
            "If something should be in it, copy it again.",
        ),
    ),
    "lock-file": (
        ("een hulpbestand van Office", "a helper file of an office program"),
        (
            "Dit is een hulpbestand van een document dat nog openstond, niet het document zelf.",
            "This is a helper file of a document that was still open, not the document itself.",
        ),
        (
            "Sluit het document, en kijk of het zelf op de stick staat.",
            "Close the document, and see whether it is on the stick itself.",
        ),
    ),
    "wrong-extension": (
        ("het heet anders dan het is", "it is called other than it is"),
        (
            "Het achtervoegsel van de naam past niet bij wat erin zit.",
            "The ending of its name does not fit what is in it.",
        ),
        (
            "Niets: het is ingenomen. Met het juiste achtervoegsel gaat het bij iedereen open.",
            "Nothing: it was taken in. With the right ending it opens for everyone.",
        ),
    ),
    **NAMES,
    "not-screened": (
        ("niet nagekeken", "not looked at"),
        (
            "Dit bestand kon niet worden nagekeken: het kostte te veel tijd of geheugen.",
            "This file could not be looked at: it took too much time or memory.",
        ),
        ARCHIVIST,
    ),
    "not-scanned": (
        ("niet door de virusscanner", "not seen by the virus scanner"),
        (
            "De virusscanner heeft dit niet bekeken: hij was er niet, of het bestand is te groot voor hem.",
            "The virus scanner did not look at this: it was not there, or the file is too large for it.",
        ),
        NOTHING,
    ),
    "policy": (
        ("de regels van de estafette vragen dat", "the relay's policy asks so"),
        ("De regels van de estafette noemen zo'n bestand.", "The relay's policy names such a file."),
        ARCHIVIST,
    ),
}
"""Code to words, sentence and remedy, each in Dutch and English."""

REASONS: dict[str, _Pair] = {code: words for code, (words, _, _) in SCREENED.items()}
"""Code to words that complete a sentence."""
