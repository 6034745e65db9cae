"""The example relay: the Slimmer Werken Estafette of November 2011, what is known and what fills it.

Known: the name, the month, the organiser NCSI, the sculpture with a USB stick in it called the Slimmer Werken
Link, the kick-off in Groningen by mayor Rehwinkel, and the Slimmer Werken Week in Friesland, Groningen and
Drenthe from 31 October to 4 November. All else here is invented, and says so: every other stop, its host, its
activities, all keys, the archive and the archivist.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

RELAY_ID = "slimmer-werken-estafette-2011"
RELAY_NAME = "Slimmer Werken Estafette"
LINK_NAME = "Slimmer Werken Link"
ORGANISER, ARCHIVE, ARCHIVIST = "ncsi", "archief", "archivaris"
INVENTED = "verzonnen halte / invented stop"

_KEY = re.compile(r"\{key:([a-z0-9-]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host and its stop; places and coordinates (degrees, four decimals) are real.

    Attributes:
        invented: whether the stop is made up for the example.
    """

    id: str
    name: str
    place: str
    region: str
    latitude: float
    longitude: float
    date: dt.date
    activities: tuple[str, ...]
    note: str = INVENTED

    @property
    def invented(self) -> bool:
        """Whether this stop was made up for the example."""
        return self.note == INVENTED


def _host(
    day: str,
    id_: str,
    name: str,
    where: tuple[str, str, float, float],
    *activities: str,
    note: str = INVENTED,
) -> Host:
    place, region, latitude, longitude = where
    return Host(
        id=id_,
        name=name,
        place=place,
        region=region,
        latitude=latitude,
        longitude=longitude,
        date=dt.date.fromisoformat(day),
        activities=activities,
        note=note,
    )


HOSTS: tuple[Host, ...] = (
    _host(
        "2011-10-31",
        "gemeente-groningen",
        "Gemeente Groningen",
        ("Groningen", "Groningen", 53.2194, 6.5665),
        "Opening van de Slimmer Werken Week in Friesland, Groningen en Drenthe",
        note="Aftrap door burgemeester Rehwinkel / kick-off by mayor Rehwinkel",
    ),
    _host(
        "2011-11-01",
        "bibliotheek-leeuwarden",
        "Bibliotheek in Leeuwarden",
        ("Leeuwarden", "Friesland", 53.2012, 5.7999),
        "Rondleiding: werken zonder eigen bureau",
        "Uur ruilen van werkplek",
    ),
    _host(
        "2011-11-02",
        "gemeente-assen",
        "Gemeentehuis in Assen",
        ("Assen", "Drenthe", 52.9928, 6.5642),
        "Werkplaats: één aanvraag volgen van begin tot eind",
    ),
    _host(
        "2011-11-03",
        "zorghuis-heerenveen",
        "Zorghuis in Heerenveen",
        ("Heerenveen", "Friesland", 52.9599, 5.9242),
        "Zelfroosteren: meekijken met een team",
        "Gesprek met cliënten over vaste gezichten",
    ),
    _host(
        "2011-11-04",
        "school-emmen",
        "School in Emmen",
        ("Emmen", "Drenthe", 52.7858, 6.8976),
        "Les van twee docenten",
        "Terugblik op vijf dagen onderweg in het Noorden",
    ),
    _host(
        "2011-11-08",
        "ziekenhuis-zwolle",
        "Ziekenhuis in Zwolle",
        ("Zwolle", "Overijssel", 52.5168, 6.0830),
        "Lean in de zorg: een ochtend meelopen op de polikliniek",
    ),
    _host(
        "2011-11-10",
        "machinefabriek-hengelo",
        "Machinefabriek in Hengelo",
        ("Hengelo", "Overijssel", 52.2659, 6.7931),
        "Omstellen zonder rennen: samen terugkijken op film",
    ),
    _host(
        "2011-11-14",
        "hogeschool-arnhem",
        "Hogeschool in Arnhem",
        ("Arnhem", "Gelderland", 51.9851, 5.8987),
        "Docenten en ondernemers ruilen een dag van werk",
    ),
    _host(
        "2011-11-17",
        "woningstichting-amersfoort",
        "Woningstichting in Amersfoort",
        ("Amersfoort", "Utrecht", 52.1561, 5.3878),
        "Mee met de monteur: één bezoek, één reparatie",
        "Lunch zonder vergadering",
    ),
    _host(
        "2011-11-21",
        "softwarehuis-eindhoven",
        "Softwarehuis in Eindhoven",
        ("Eindhoven", "Noord-Brabant", 51.4416, 5.4697),
        "Met z'n tweeën achter één toetsenbord",
    ),
    _host(
        "2011-11-24",
        "transportbedrijf-rotterdam",
        "Transportbedrijf in Rotterdam",
        ("Rotterdam", "Zuid-Holland", 51.9244, 4.4777),
        "Lege ritten delen: de planning van vandaag",
    ),
    _host(
        "2011-11-30",
        "bibliotheek-utrecht",
        "Bibliotheek in Utrecht",
        ("Utrecht", "Utrecht", 52.0907, 5.1214),
        "De oogst: wat de Link leerde",
        "Afsluiting van de estafette",
    ),
)
"""The twelve stops of the example relay, in order."""

_DEMO = (
    "gemeente-groningen",
    "bibliotheek-leeuwarden",
    "gemeente-assen",
    "ziekenhuis-zwolle",
    "softwarehuis-eindhoven",
    "bibliotheek-utrecht",
)


def demo_hosts() -> tuple[Host, ...]:
    """The six hosts of the demo, in order of their stops, from the north of the country to the middle."""
    return tuple(host for host in HOSTS if host.id in _DEMO)


def example_relay(keys: Mapping[str, str]) -> str:
    """``EXAMPLE_RELAY`` with everybody's public key filled in.

    Args:
        keys: a line ``ssh-ed25519 <base64>`` for each of ``KEY_OWNERS``.

    Raises:
        ValueError: somebody has no key.
    """
    missing = [owner for owner in KEY_OWNERS if owner not in keys]
    if missing:
        raise ValueError(f"no key for {', '.join(missing)}")
    return _KEY.sub(lambda found: keys[found[1]], EXAMPLE_RELAY)


def _party(id_: str, name: str, place: str = "") -> str:
    lines = [f"  - id: {id_}", f"    name: {_quoted(name)}"]
    if place:
        lines.append(f"    place: {_quoted(place)}")
    return "\n".join([*lines, "    keys:", f'      - "{{key:{id_}}}"'])


def _stop(host: Host) -> str:
    head = (
        f"  - date: {host.date}\n    host: {host.id}\n    place: {_quoted(host.place)}\n"
        f"    region: {_quoted(host.region)}\n"
        f"    latitude: {host.latitude:.4f}\n    longitude: {host.longitude:.4f}\n"
    )
    activities = "".join(f"      - {_quoted(activity)}\n" for activity in host.activities)
    return f"{head}    activities:\n{activities}    note: {_quoted(host.note)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


EXAMPLE_RELAY = f"""\
# De estafette: wie er meedoet, waar de Link langskomt, wie mag tekenen.
# The relay: who takes part, where the Link goes, who may sign.
#
# Echt / real: de {RELAY_NAME} van NCSI, 31 oktober tot en met 30 november 2011;
# de sculptuur met een USB-stick, de {LINK_NAME};
# de aftrap in Groningen door burgemeester Rehwinkel; de Slimmer Werken Week in Friesland, Groningen en
# Drenthe van 31 oktober tot en met 4 november. De rest is verzonnen / all else is invented.
format: 1
id: {RELAY_ID}
name: {_quoted(RELAY_NAME)}
period:
  from: 2011-10-31
  to: 2011-11-30
languages: [nl, en]

# Wie de estafette organiseert en dit bestand tekent. / Who organises the relay and signs this file.
organiser:
  id: {ORGANISER}
  name: "NCSI"
  keys:
    - "{{key:{ORGANISER}}}"

# Voor vragen; dit adres is verzonnen. / For questions; this address is invented.
contact: "estafette@ncsi.example"
privacy: >-
  Wie de stick in handen heeft, kan lezen wat erop staat. Zonder "ja" op de kaart blijft een bijdrage bij de
  organisatie. Whoever holds the stick can read it. Without a "yes" on the card, a contribution stays with the
  organisers.
# Onder welke licentie, als de kaart niets zegt. / Under which licence, where the card is silent.
rights: CC-BY-4.0

# Wie de Link ontvangt en een overdracht mag tekenen. / Who receives the Link and may sign a hand-off.
hosts:
{chr(10).join(_party(host.id, host.name, host.place) for host in HOSTS)}

# Waar alles bewaard wordt; tekent ontvangstbewijzen. / Where all is kept; signs receipts.
archives:
{_party(ARCHIVE, "Archief van de estafette (verzonnen)")}

# Wie vrijgeeft, beschrijft en terugtrekt. / Who releases, describes and withdraws.
archivists:
{_party(ARCHIVIST, "Archivaris van de estafette (verzonnen)")}

# De reis: elke dag bij een gastheer. / The journey: each day at a host.
stops:
{chr(10).join(_stop(host) for host in HOSTS)}

# Namen van bestanden die wachten of geweigerd worden, zoals "*.iso"; leeg: de gewone regels.
# Names of files to hold or refuse, such as "*.iso"; empty: the usual rules.
policy:
  hold: []
  refuse: []

# Gestolen sleutels. / Stolen keys.
revoked: []
"""
"""A complete ``relay.yaml`` (format 1, "The relay") with ``{key:<id>}`` where each public key belongs."""

KEY_OWNERS: tuple[str, ...] = tuple(_KEY.findall(EXAMPLE_RELAY))
"""Whose keys ``EXAMPLE_RELAY`` asks for: the organiser, the hosts, the archive, the archivist."""
