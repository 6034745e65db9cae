"""What becomes of each file: its class and codes, by what was seen in it, its name, its neighbours and the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from linksync.custody.payload import State
from linksync.custody.relay import Policy, name_class, policy_class
from linksync.custody.screening import POLICY, Class
from linksync.stick.sights import Seen, Sights

_UNSEEN = Seen("", ())
_MALWARE, _NOT_SCREENED, _NOT_SCANNED = "malware", "not-screened", "not-scanned"


class Judged(NamedTuple):
    """What is sealed of a file beside its hash."""

    class_: Class
    codes: tuple[str, ...]
    media_type: str


@dataclass(frozen=True, slots=True)
class Judging:
    """How files are judged at one hand-off.

    Attributes:
        state: what was sealed before.
        policy: of the relay version in force.
        sights: what was seen of them, by place.
        twins: path to code, of files with names that some systems take for one another.
        scanned: whether there is a virus scanner here: only one takes back what another found.
    """

    state: State
    policy: Policy
    sights: Sights | None
    twins: Mapping[bytes, str]
    scanned: bool = False

    def of(self, place: int, path: bytes) -> Judged:
        """The file in a place of the listing."""
        seen = (self.sights.at(place) if self.sights is not None else None) or _UNSEEN
        codes = {*seen.codes}
        if path in self.twins:
            codes.add(self.twins[path])
        if not self.scanned and _MALWARE in self.state.codes.get(path, ()):
            codes.add(_MALWARE)
        class_ = policy_class(self.policy, path, codes)
        if name_class(self.policy, path) != "pass":
            codes.add(POLICY)
        return Judged(class_, tuple(sorted(codes)), seen.media_type)

    def differs(self, place: int, path: bytes) -> bool:
        """Whether a file that is held or refused, and has not changed, would be judged otherwise now.

        A look that failed takes nothing back, nor does a scanner that did not look.
        """
        sealed = "refuse" if path in self.state.refused else "hold"
        if path in self.state.held and not may_change(self.state, path, self.policy):
            return False
        judged, before = self.of(place, path), self.state.codes.get(path, ())
        if _NOT_SCREENED in judged.codes or (_NOT_SCANNED in judged.codes and _MALWARE in before):
            return False
        return judged.class_ != sealed


def may_change(state: State, path: bytes, policy: Policy) -> bool:
    """Whether a file that has not changed is to be looked at again.

    Refusing is never final, so a refused one always is; a held one, where its codes have another class by now.
    """
    if path in state.refused:
        return True
    return path in state.held and policy_class(policy, path, state.codes.get(path, ())) != "hold"
