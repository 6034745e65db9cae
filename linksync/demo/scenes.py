"""Scenes: a stick, what the one who verifies it knows already, and the findings that it must lead to.

Each scene is told by a function whose docstring says what happened; the code it is for and all others that it leads to
stand above it, by hand. They are the test vectors of the format, and the attacks that no change may let through.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from linksync.custody.findings import CATALOGUE, VERDICTS, gravest
from linksync.custody.history import NOTHING
from linksync.custody.memory import Memory
from linksync.custody.roster import Roster, read_roster
from linksync.custody.seal import RawFolder
from linksync.demo.sticks import ASSEN, EMMEN, ORGANISER, Page, Stick, fingerprint, relay_page
from linksync.stick.verify import Trust

SOUND = "OK"
"""Instead of a code: nothing is wrong."""

CARD_YES = "Titel: Eén aanvraag\nWie: Gemeente Assen\nMag iedereen dit zien? ja\n"
CARD_NO = CARD_YES.replace("ja", "nee")


@dataclass(slots=True, kw_only=True)
class Scene:
    """A stick, and who looks at it.

    Attributes:
        organiser: the fingerprint on the label; empty where it is not known.
        memory: what was seen of this Link before; ``known`` the relay versions that were seen elsewhere.
        quick: whether contents are read.
    """

    stick: Stick
    organiser: str = fingerprint(ORGANISER)
    memory: Memory = field(default_factory=Memory)
    known: tuple[RawFolder, ...] = ()
    quick: bool = False

    @property
    def trust(self) -> Trust:
        """What is known to the one who verifies."""
        known: Roster = read_roster(self.known)[0] if self.known else NOTHING
        return Trust(organiser=lambda _: self.organiser, memory=lambda _: self.memory, known=lambda _: known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A scene and what must be found in it.

    Attributes:
        code: what it is for; ``OK`` for a sound stick.
        codes: every code that must be found, its own among them; ``attested`` those that are notes by attestation.
        exit: the status that must be returned.
    """

    code: str
    slug: str
    about: str
    codes: frozenset[str]
    attested: frozenset[str]
    exit: int
    make: Callable[[], Scene]

    @property
    def name(self) -> str:
        """The vector's folder."""
        return f"{self.code}_{self.slug}"

    @property
    def verdict(self) -> str:
        """The word that must be said."""
        return VERDICTS[self.exit]


class Cases(dict[str, Case]):
    """Cases by name, told one by one with ``@cases(code, …)``."""

    def __call__(
        self, code: str, *also: str, attested: tuple[str, ...] = ()
    ) -> Callable[[Callable[[], Scene]], Callable[[], Scene]]:
        """Tell a case: the code that it is for, and all others that it leads to."""

        def tell(make: Callable[[], Scene]) -> Callable[[], Scene]:
            codes = frozenset({code, *also}) - {SOUND}
            case = Case(
                code=code,
                slug=make.__name__.replace("_", "-"),
                about=(make.__doc__ or "").strip(),
                codes=codes,
                attested=frozenset(attested),
                exit=gravest({CATALOGUE[one] for one in codes - set(attested)}),
                make=make,
            )
            self[case.name] = case
            return make

        return tell


def prepared(page: Page | None = None) -> Stick:
    """A Link that the organiser has prepared."""
    stick = Stick()
    stick.sign_relay(page or relay_page())
    stick.put("data/LEES-MIJ.txt", "Zet hier neer wat u leerde. / Put here what you learnt.\n")
    stick.hand_over(ORGANISER)
    return stick


def travelled(page: Page | None = None) -> Stick:
    """A Link that was once handed over, with two files and a card that lets everyone see them."""
    stick = prepared(page)
    stick.put(f"data/{ASSEN}/KAART.txt", CARD_YES)
    stick.put(REPORT, "Wij volgden één aanvraag van begin tot eind.\n")
    stick.put(PLAN, "Volgende week meten wij het opnieuw.\n")
    stick.hand_over(ASSEN)
    return stick


def travelled_on(page: Page | None = None) -> Stick:
    """The same after another hand-off, with a file for the organisers alone."""
    stick = travelled(page)
    stick.put(LESSON, "Twee docenten, een klas.\n")
    stick.hand_over(EMMEN)
    return stick


REPORT, PLAN = f"data/{ASSEN}/verslag.txt", f"data/{ASSEN}/plan.txt"
LESSON = f"data/{EMMEN}/les.txt"
