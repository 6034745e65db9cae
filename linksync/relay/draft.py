"""The draft of ``relay.yaml``: a page that an organiser can fill in without having read anything else.

Every list starts empty, with an example above it in comments, in Dutch and English; what ``linksync relay add-host``
and its like put in stands under it.
"""

import datetime as dt

from linksync.custody.keys import PublicKey
from linksync.custody.strict_yaml import dump

LASTS = dt.timedelta(days=30)
"""How long a relay lasts until somebody fills in the real days."""

_DRAFT = """\
# De estafette: wie er meedoet, waar de Link langskomt, wie mag tekenen.
# The relay: who takes part, where the Link goes, who may sign.
#
# Pas dit bestand aan in een tekstprogramma. Wat achter een # staat, telt niet mee.
# Klaar? Teken het met:  linksync relay sign MAP --key SLEUTEL
# Edit this file in a text editor. What stands behind a # does not count.
# Done? Sign it with:  linksync relay sign DIR --key FILE
format: 1

# Blijft altijd gelijk. / Never changes.
{id}
# Zoals mensen de estafette kennen. / As people know the relay.
{name}

# De eerste en de laatste dag: jaar-maand-dag. / The first and the last day: year-month-day.
{period}

# Van de START-pagina. / Of the START page.
languages: [nl, en]

# Wie de estafette organiseert en dit bestand tekent.
# Een tweede sleutel, veilig weggelegd, is je reserve: zet hem eronder, in dezelfde vorm.
# Who organises the relay and signs this file.
# A second key, put away safely, is your spare: put it below, in the same form.
{organiser}

# Voor vragen: op de START-pagina. / For questions: on the START page.
contact: ""
# Wat mensen moeten weten voor ze iets geven. / What people should know before they give.
privacy: >-
  Wie de stick in handen heeft, kan lezen wat erop staat. Zonder "ja" op de kaart blijft een bijdrage bij de
  organisatie. Whoever holds the stick can read it. Without a "yes" on the card, a contribution stays with the
  organisers.
# Onder welke licentie, als de kaart niets zegt. / Under which licence, where the card is silent.
rights: ""

# Wie de Link ontvangt en een overdracht mag tekenen. / Who receives the Link and may sign a hand-off.
#   linksync relay add-host MAP --id gemeente-assen --name "Gemeente Assen" --key assen.pub
# of zelf / or by yourself:
#   - id: gemeente-assen
#     name: "Gemeente Assen"
#     place: "Assen"
#     keys:
#       - "ssh-ed25519 AAAA..."
hosts: []

# Waar alles bewaard wordt; tekent ontvangstbewijzen. / Where all is kept; signs receipts.
#   linksync relay add-archive MAP --id archief --name "Archief" --key archief.pub
archives: []

# Wie vrijgeeft, beschrijft en terugtrekt. / Who releases, describes and withdraws.
#   linksync relay add-archivist MAP --id archivaris --name "Archivaris" --key archivaris.pub
archivists: []

# De reis: elke dag bij een gastheer. / The journey: each day at a host.
#   - date: {day}
#     host: gemeente-assen
#     place: "Assen"
#     region: "Drenthe"
#     latitude: 52.9928
#     longitude: 6.5642
#     activities:
#       - "Werkplaats: één aanvraag volgen van begin tot eind"
stops: []

# Namen van bestanden die wachten op een oordeel of geweigerd worden, zoals "*.iso".
# Names of files that wait to be judged or are refused, such as "*.iso".
policy:
  hold: []
  refuse: []

# Een gestolen sleutel: haal hem hierboven weg en noem hem hier, met per Link het zegel van de laatste goede overdracht.
# A stolen key: take it out above and name it here, with for each Link the seal of its last good hand-off.
#   - key: "SHA256:..."
#     last_good:
#       "0123456789abcdef0123456789abcdef": "64 tekens / characters"
revoked: []
"""


def draft(*, id_: str, name: str, organiser: tuple[str, str], key: PublicKey, today: dt.date) -> str:
    """A ``relay.yaml`` to begin with.

    Args:
        id_: of the relay.
        name: of the relay.
        organiser: the organiser's id and name.
        key: the organiser's.
        today: the first day, until somebody says otherwise.

    Raises:
        ValueError: a name that no YAML can say.
    """
    period = {"from": today.isoformat(), "to": (today + LASTS).isoformat()}
    party = {"id": organiser[0], "name": organiser[1], "keys": [key.line]}
    return _DRAFT.format(
        id=_yaml({"id": id_}),
        name=_yaml({"name": name}),
        period=_yaml({"period": period}),
        organiser=_yaml({"organiser": party}),
        day=today.isoformat(),
    )


def _yaml(value: dict[str, object]) -> str:
    return dump(value).decode().rstrip("\n")
