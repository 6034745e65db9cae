"""A short sample of the campaign: a stick that comes out too early, is finished by the next plug, and is sent on."""

from vm import yanks
from vm.campaign import Ground, Scenario
from vm.sticks import KINDS

KIND = KINDS[0]
"""The one kind of stick that it needs."""
_NUMBER, _OF = 4, 10
"""The yank when staged copies are screened."""


def scenarios() -> list[Scenario]:
    """The sample, a group by itself."""
    return [Scenario(group="sample", name="yank", play=_yank)]


def _yank(ground: Ground) -> None:
    with ground.stage() as stage:
        moment, lasted = yanks.yanked(stage, KIND, _NUMBER, _OF, 0.0)
        ground.account.figures.append(f"yanked at {moment}; the next plug to safe: {lasted:.0f} s")
