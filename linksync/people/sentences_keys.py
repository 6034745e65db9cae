"""Sentences about keys, passphrases and fingerprints."""

from typing import TypeAlias

_Pair: TypeAlias = tuple[str, str]

ERRORS: dict[str, _Pair] = {
    "key-exists": (
        "{path} bestaat al en is niet aangeraakt. Kies een andere naam, of gebruik de sleutel die er staat.",
        "{path} is already there and was left alone. Choose another name, or use the key that is there.",
    ),
    "key-comment": (
        "Het commentaar bij een sleutel is één regel van hooguit {most} tekens. Er is geen sleutel gemaakt; kort het"
        " in.",
        "A key's comment is one line of at most {most} characters. No key was made; shorten it.",
    ),
    "key-passphrase-length": (
        "Een wachtwoord heeft 1 tot {most} tekens. Er is niets gedaan; kies een ander.",
        "A passphrase has 1 to {most} characters. Nothing was done; choose another.",
    ),
    "key-place-open": (
        "Op de plek van {path} kan een sleutel niet geheim blijven, zoals op een USB-stick. Er is geen sleutel gemaakt;"
        " kies een map op je eigen computer.",
        "A key cannot stay secret at {path}, as on a USB stick. No key was made; choose a folder on your own computer.",
    ),
    "key-not-written": (
        "De sleutel {path} kon niet geschreven worden; er is niets gemaakt. Kijk of de map bestaat en of je erin"
        " mag"
        " schrijven, en probeer het opnieuw.",
        "The key {path} could not be written; nothing was made. See that the folder exists and that you may write in"
        " it,"
        " and try again.",
    ),
    "key-missing": (
        'Er is geen sleutel {path}. Er is niets veranderd; kijk de naam na, of maak er een met "linksync key new".',
        'There is no key {path}. Nothing was changed; check the name, or make one with "linksync key new".',
    ),
    "key-unreadable": (
        "De sleutel {path} kan niet gelezen worden. Er is niets veranderd; kijk of je dat bestand mag lezen.",
        "The key {path} cannot be read. Nothing was changed; see that you may read that file.",
    ),
    "key-not-a-file": (
        "{path} is geen bestand en dus geen sleutel. Er is niets veranderd; geef het sleutelbestand zelf.",
        "{path} is not a file, so it is no key. Nothing was changed; give the key file itself.",
    ),
    "key-too-large": (
        "{path} is groter dan {most:bytes}, en zo groot is geen sleutel. Er is niets veranderd; geef het goede"
        " bestand.",
        "{path} is over {most:bytes}, and no key is so large. Nothing was changed; give the right file.",
    ),
    "key-is-public": (
        "{path} is de publieke sleutel, en tekenen gaat met de geheime. Er is niets veranderd; geef het bestand"
        " zonder .pub.",
        "{path} is the public key, and the private one signs. Nothing was changed; give the file without .pub.",
    ),
    "key-is-private": (
        "{path} is de geheime sleutel, en die houd je voor jezelf. Er is niets veranderd; geef het bestand met .pub.",
        "{path} is the private key, which you keep to yourself. Nothing was changed; give the file with .pub.",
    ),
    "key-other-type": (
        "{path} is een sleutel van de soort {kind}, en linksync tekent alleen met Ed25519. Er is niets veranderd;"
        " maak er"
        ' een met "linksync key new".',
        "{path} is a key of type {kind}, and linksync signs with Ed25519 only. Nothing was changed; make one with"
        ' "linksync key new".',
    ),
    "key-other-form": (
        "{path} is een sleutel in de vorm {kind}, niet in die van OpenSSH. Er is niets veranderd; maak een nieuwe met"
        ' "linksync key new".',
        "{path} is a key in the form {kind}, not in OpenSSH's. Nothing was changed; make a new one with"
        ' "linksync key new".',
    ),
    "key-not-a-key": (
        'In {path} staat geen sleutel. Er is niets veranderd; geef het bestand dat "linksync key new" of ssh-keygen'
        " maakte.",
        'There is no key in {path}. Nothing was changed; give the file that "linksync key new" or ssh-keygen made.',
    ),
    "key-damaged": (
        "De sleutel {path} is beschadigd. Er is niets veranderd; gebruik een kopie ervan, of maak een nieuwe en laat de"
        " organisatie die toevoegen.",
        "The key {path} is damaged. Nothing was changed; use a copy of it, or make a new one and have the organiser"
        " add it.",
    ),
    "key-cipher": (
        "De sleutel {path} is versleuteld met {cipher}, en dat kan linksync niet openen. Er is niets veranderd; geef"
        " hem een"
        " nieuw wachtwoord met ssh-keygen -p.",
        "The key {path} is encrypted with {cipher}, which linksync cannot open. Nothing was changed; give it a new"
        " passphrase with ssh-keygen -p.",
    ),
    "key-open-to-others": (
        "Anderen op deze computer kunnen de sleutel {path} lezen. Er is niets getekend; maak hem eerst privé met"
        " chmod 600.",
        "Others on this computer can read the key {path}. Nothing was signed; first make it private with chmod 600.",
    ),
    "key-needs-passphrase": (
        "De sleutel {path} heeft een wachtwoord en hier kan niemand het typen. Er is niets veranderd; geef het met"
        " --passphrase-file of LINKSYNC_PASSPHRASE.",
        "The key {path} has a passphrase and nobody can type it here. Nothing was changed; give it with"
        " --passphrase-file"
        " or LINKSYNC_PASSPHRASE.",
    ),
    "key-passphrase-wrong": (
        "Dit is niet het wachtwoord van {path}. Er is niets veranderd; probeer het opnieuw.",
        "This is not the passphrase of {path}. Nothing was changed; try again.",
    ),
    "key-line": (
        "In {path} staat geen publieke sleutel zoals ssh-keygen die schrijft. Er is niets veranderd; geef het"
        " .pub-bestand.",
        "{path} holds no public key as ssh-keygen writes it. Nothing was changed; give the .pub file.",
    ),
    "key-blob": (
        "De publieke sleutel in {path} is beschadigd. Er is niets veranderd; vraag om een nieuwe kopie van het"
        " .pub-bestand.",
        "The public key in {path} is damaged. Nothing was changed; ask for a fresh copy of the .pub file.",
    ),
    "key-weak": (
        "De sleutel in {path} is er een waarmee iedereen kan tekenen. Er is niets veranderd; maak een nieuwe met"
        ' "linksync key new".',
        "The key in {path} is one that anyone can sign with. Nothing was changed; make a new one with"
        ' "linksync key new".',
    ),
    "signer-wrong": (
        "Sleutel {key} maakte een handtekening die niet bij hem past. Er is niets getekend; gebruik een kopie van de"
        " sleutel.",
        "Key {key} made a signature that does not fit it. Nothing was signed; use a copy of the key.",
    ),
    "fingerprint": (
        '"{given}" is geen vingerafdruk. Er is niets veranderd; typ SHA256: en de 43 tekens over van de sculptuur.',
        '"{given}" is not a fingerprint. Nothing was changed; copy SHA256: and the 43 characters from the sculpture\'s'
        " label.",
    ),
    "passphrase-nobody": (
        "Voor de nieuwe sleutel is een wachtwoord gevraagd en hier kan niemand het typen. Er is geen sleutel gemaakt;"
        " geef"
        " het met --passphrase-file of LINKSYNC_PASSPHRASE.",
        "A passphrase was asked for the new key and nobody can type it here. No key was made; give it with"
        " --passphrase-file or LINKSYNC_PASSPHRASE.",
    ),
    "passphrase-unreadable": (
        "Het wachtwoord in {path} kan niet gelezen worden ({why}). Er is niets veranderd; kijk de naam na.",
        "The passphrase in {path} cannot be read ({why}). Nothing was changed; check the name.",
    ),
    "agent-none": (
        "Er draait hier geen ssh-agent die met sleutel {key} kan tekenen. Er is niets getekend; geef het geheime"
        " bestand, zonder"
        " .pub.",
        "No ssh-agent runs here to sign with key {key}. Nothing was signed; give the private file, without .pub.",
    ),
    "agent-without-key": (
        "De ssh-agent heeft sleutel {key} niet. Er is niets getekend; geef hem de sleutel met ssh-add, of geef het"
        " geheime"
        " bestand.",
        "The ssh-agent does not hold key {key}. Nothing was signed; give it the key with ssh-add, or give the private"
        " file.",
    ),
    "agent-refused": (
        "De ssh-agent wilde niet met sleutel {key} tekenen. Er is niets getekend; probeer het opnieuw en bevestig het"
        " als hij"
        " ernaar vraagt.",
        "The ssh-agent would not sign with key {key}. Nothing was signed; try again, and confirm it if you are asked.",
    ),
    "agent-unreachable": (
        "De ssh-agent geeft geen antwoord ({why}). Er is niets getekend; start hem opnieuw, of geef het geheime"
        " bestand.",
        "The ssh-agent does not answer ({why}). Nothing was signed; start it again, or give the private file.",
    ),
}
