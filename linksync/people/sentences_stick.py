"""Sentences about a stick and this computer: reading, writing, handing over."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "stick-missing": (
        "Er is geen stick of map {path}. Er is niets veranderd; doe de stick erin, of kijk de naam na.",
        "There is no stick or folder {path}. Nothing was changed; plug the stick in, or check the name.",
    ),
    "stick-not-a-folder": (
        "{path} is geen stick en geen map. Er is niets veranderd; geef de map waar de stick in te zien is.",
        "{path} is not a stick nor a folder. Nothing was changed; give the folder in which the stick shows.",
    ),
    "stick-busy": (
        "Een andere linksync is nog met {path} bezig. Er is niets veranderd; wacht tot die klaar is en probeer het"
        " opnieuw.",
        "Another linksync is still at work on {path}. Nothing was changed; wait until it is done and try again.",
    ),
    "stick-gone": (
        "De stick {path} is eruit, of reageert niet meer. Er is niets verloren; doe hem er weer in en begin opnieuw,"
        " dan"
        " wordt het afgemaakt.",
        "The stick {path} was taken out, or no longer answers. Nothing is lost; put it back and run this again, which"
        " finishes the work.",
    ),
    "stick-unreadable": (
        "De stick {path} kan niet gelezen worden ({why}). Er is niets veranderd; probeer een andere poort, en maak"
        " anders"
        " meteen een kopie van wat nog leest.",
        "The stick {path} cannot be read ({why}). Nothing was changed; try another port, else copy at once what still"
        " reads.",
    ),
    "stick-full": (
        "De stick is vol: {path} past er niet meer op. Wat mensen gaven is ongeschonden; maak wat ruimte en begin"
        " opnieuw,"
        " dan wordt het afgemaakt.",
        "The stick is full: there is no room for {path}. What people gave is untouched; make some room and run this"
        " again,"
        " which finishes the work.",
    ),
    "stick-read-only": (
        "Op de stick kan niet geschreven worden ({path}). Er is niets verloren; zet het schuifje op de stick om, of"
        " koppel"
        " hem opnieuw, en begin opnieuw.",
        "The stick cannot be written to ({path}). Nothing is lost; move its switch or mount it again, and run this"
        " again.",
    ),
    "stick-forbidden": (
        "Je mag niet op de stick schrijven ({path}). Er is niets verloren; laat iemand die dat wel mag hem koppelen, en"
        " begin opnieuw.",
        "You may not write on the stick ({path}). Nothing is lost; have somebody who may mount it, and run this again.",
    ),
    "stick-write": (
        "Schrijven op de stick lukte niet bij {path} ({why}). Er is niets verloren; doe hem eruit en erin en begin"
        " opnieuw.",
        "Writing to the stick failed at {path} ({why}). Nothing is lost; take it out, put it back and run this again.",
    ),
    "stick-readback": (
        "Wat op de stick geschreven is, komt er anders weer uit ({path}). Er is niets verloren: het staat veilig op"
        " deze"
        " computer; probeer het opnieuw, en neem anders een andere stick.",
        "What was written to the stick reads back otherwise ({path}). Nothing is lost: it is safe on this computer; try"
        " again, else take another stick.",
    ),
    "stick-folder-taken": (
        "Er staat al iets anders op de plek {path}. Er is niets overschreven; bewaar de stick zo en vraag het de"
        " organisatie.",
        "Something else stands already at {path}. Nothing was overwritten; keep the stick so and ask the organiser.",
    ),
    "not-a-link": (
        "{path} is geen Link: er is nog nooit iets mee overgedragen. Er is niets veranderd; kijk of dit de goede"
        " stick is.",
        "{path} is not a Link: nothing was ever handed over with it. Nothing was changed; see whether this is the"
        " right stick.",
    ),
    "half-prepared": (
        'De Link {path} is niet af. Er is niets verloren; laat de organisatie "linksync stick prepare" opnieuw doen.',
        'The Link {path} is not finished. Nothing is lost; have the organiser run "linksync stick prepare" again.',
    ),
    "link-newer": (
        "{path} is gemaakt met een nieuwere linksync. Er is niets veranderd; werk linksync bij en probeer het opnieuw.",
        "{path} was made with a newer linksync. Nothing was changed; update linksync and try again.",
    ),
    "already-a-link": (
        "Deze stick is al een Link ({link}) en is gelaten zoals hij is. Neem een andere stick, of draag deze over.",
        "This stick is a Link already ({link}) and was left as it is. Take another stick, or hand this one over.",
    ),
    "stick-other-relay": (
        "Op deze stick is al begonnen door een andere organisatie: {expected} verwacht, {found} gevonden. Er is niets"
        " veranderd; neem een lege stick.",
        "Another organiser began on this stick: {expected} expected, {found} found. Nothing was changed; take an"
        " empty stick.",
    ),
    "prepare-name-taken": (
        "Op de stick staat al iets met de naam {path}, die linksync zelf nodig heeft. Er is niets veranderd; geef het"
        " een"
        " andere naam of zet het in de map data.",
        "The stick has something called {path} already, a name that linksync needs. Nothing was changed; rename it or"
        " put it"
        " in the folder data.",
    ),
    "organiser-unknown": (
        "De organisatie van deze Link is hier nog niet bekend: de stick zegt {found}. Er is niets veranderd; is dat de"
        " vingerafdruk op de sculptuur, geef hem dan mee met --organiser.",
        "This Link's organiser is not known here yet: the stick says {found}. Nothing was changed; if that is the"
        " fingerprint"
        " on the sculpture's label, give it with --organiser.",
    ),
    "organiser-other": (
        "De organisatie van {relay} is een andere dan hier bekend is: {known} verwacht, {given} gevonden. Er is niets"
        " veranderd; vergelijk het nog eens met het label, en klopt dat, vertrouw de stick dan niet en bel de"
        " organisatie.",
        "The organiser of {relay} is another than the one known here: {known} expected, {given} found. Nothing was"
        " changed;"
        " compare it with the label once more, and if that is right, do not trust the stick and call the organiser.",
    ),
    "relay-other": (
        "{path} van {relay} is een andere dan hier bekend is. Er is niets veranderd; vertrouw hem niet en bel de"
        " organisatie.",
        "{path} of {relay} is another than the one known here. Nothing was changed; do not trust it and call the"
        " organiser.",
    ),
    "host-unknown": (
        "{host} staat niet in de estafette (versie {version}). Er is niets veranderd; kijk de naam na, of laat de"
        " organisatie"
        " je toevoegen.",
        "{host} is not in the relay (version {version}). Nothing was changed; check the name, or have the organiser"
        " add you.",
    ),
    "host-key-other": (
        "Sleutel {key} is in de estafette (versie {version}) niet van {host}. Er is niets getekend; gebruik je eigen"
        " sleutel,"
        " of laat de organisatie deze toevoegen.",
        "Key {key} is not {host}'s in the relay (version {version}). Nothing was signed; use your own key, or have the"
        " organiser add this one.",
    ),
    "organiser-key-other": (
        "Sleutel {key} is in de estafette niet van {organiser}, die organiseert. Er is niets veranderd; geef de"
        " sleutel van de"
        " organisatie.",
        "Key {key} is not {organiser}'s, who organises the relay. Nothing was changed; give the organiser's key.",
    ),
    "sync-other-organiser": (
        "Dit archief is van een andere organisatie: {archive} verwacht, {found} gevonden. Er is niets verstuurd; geef"
        " het"
        " archief van deze estafette.",
        "This archive is another organiser's: {archive} expected, {found} found. Nothing was sent; give the archive"
        " of this"
        " relay.",
    ),
    "host-full": (
        "De schijf van deze computer is vol ({path}). Er is niets verloren en de stick is niet veranderd; maak ruimte"
        " en"
        " begin opnieuw.",
        "The disk of this computer is full ({path}). Nothing is lost and the stick was not changed; make room and run"
        " this"
        " again.",
    ),
    "host-write": (
        "Schrijven op deze computer lukte niet in {path} ({why}). Er is niets verloren; kijk of je daar mag schrijven"
        " en begin"
        " opnieuw.",
        "Writing on this computer failed in {path} ({why}). Nothing is lost; see that you may write there and run"
        " this again.",
    ),
    "disk-write": (
        "Schrijven lukte niet bij {path} ({why}). Wat er stond, staat er nog; kijk of er plaats is en of je daar mag"
        " schrijven,"
        " en probeer het opnieuw.",
        "Writing failed at {path} ({why}). What was there still is; see that there is room and that you may write"
        " there, and"
        " try again.",
    ),
    "state-busy": (
        "Een andere linksync gebruikt het geheugen {path}. Er is niets veranderd; wacht tot die klaar is.",
        "Another linksync is using the memory {path}. Nothing was changed; wait until it is done.",
    ),
    "state-on-stick": (
        "Het geheugen {path} staat op de stick zelf, en zou meereizen. Er is niets veranderd; geef met --state een map"
        " op deze computer.",
        "The memory {path} stands on the stick itself, and would travel along. Nothing was changed; give a folder on"
        " this computer with --state.",
    ),
    "state-damaged": (
        "{path} in het geheugen van deze computer is beschadigd. Er is niets veranderd; zet het bestand opzij en geef"
        " opnieuw"
        " de vingerafdruk met --organiser.",
        "{path} in the memory of this computer is damaged. Nothing was changed; move the file aside and give the"
        " fingerprint"
        " again with --organiser.",
    ),
    "state-unreadable": (
        "{path} in het geheugen van deze computer kan niet gelezen worden ({why}). Er is niets veranderd; kijk of je"
        " het mag"
        " lezen, of geef een andere map met --state.",
        "{path} in the memory of this computer cannot be read ({why}). Nothing was changed; see that you may read it,"
        " or give"
        " another folder with --state.",
    ),
    "outbox-damaged": (
        "De overdracht in {path} kwam niet heel op de schijf. De stick is niet veranderd; kijk de schijf na en begin"
        " opnieuw.",
        "The hand-off in {path} did not reach the disk whole. The stick was not changed; check the disk and run this"
        " again.",
    ),
    "reseed-no-link": (
        "Archief {archive} heeft geen Link die op deze stick gezet kan worden. Er is niets veranderd; kijk of dit het"
        " goede"
        " archief is, en de goede Link.",
        "Archive {archive} has no Link that can be put on this stick. Nothing was changed; see whether this is the"
        " right"
        " archive, and the right Link.",
    ),
    "reseed-which-link": (
        "In dit archief staan verschillende Links: {links}. Er is niets veranderd; zeg welke je bedoelt.",
        "This archive holds several Links: {links}. Nothing was changed; say which one you mean.",
    ),
}
