"""Plugging a stick in and pulling it out, while the guest runs: a removable USB stick, slow or failing where asked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vm.guest import Guest
from vm.qmp import Conversation, RefusedError, qemu

EIO = 5
_LAYERS = ("slow", "raw", "failing", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """An error that the stick gives.

    Attributes:
        at: ``read``, ``write`` or ``flush``.
        errno: which.
        sector: only where this sector of 512 bytes is touched; anywhere when None.
    """

    at: str
    errno: int = EIO
    sector: int | None = None

    @property
    def rule(self) -> dict[str, Any]:
        """The same in QEMU's words."""
        where = {} if self.sector is None else {"sector": self.sector}
        return {"event": "none", "iotype": self.at, "errno": self.errno, **where}


def plug(
    guest: Guest,
    image: Path,
    name: str = "stick",
    *,
    failing: tuple[Failing, ...] = (),
    speed: int = 0,
    read_only: bool = False,
    bus: str = "xhci",
) -> None:
    """Plug a stick in.

    Args:
        guest: where.
        image: a raw image, which belongs to QEMU until ``yank``.
        name: of this stick among those that are plugged in; its serial number too.
        failing: errors it gives.
        speed: bytes a second; any when 0. ``set_speed`` changes it, where it was not 0.
        read_only: as with the switch on its side.
        bus: ``xhci`` or ``ehci``.
    """
    with qemu(guest.qmp) as talk:
        try:
            top = _layers(talk, image, name, failing, speed, read_only)
            device = {"driver": "usb-storage", "id": name, "bus": f"{bus}.0", "drive": top, "serial": name}
            talk.ask("device_add", {**device, "removable": True, "werror": "report", "rerror": "report"})
        except RefusedError:
            _forget(talk, name)
            raise


def yank(guest: Guest, name: str = "stick") -> None:
    """Pull a stick out at once, whatever is in flight; its image is the caller's again."""
    with qemu(guest.qmp) as talk:
        talk.ask("device_del", {"id": name})
        talk.wait_event(lambda told: told["event"] == "DEVICE_DELETED" and told["data"].get("device") == name)
        _forget(talk, name)


def set_speed(guest: Guest, speed: int, name: str = "stick") -> None:
    """Make a throttled stick slower or faster while it is plugged in, in bytes a second."""
    with qemu(guest.qmp) as talk:
        limits = {"path": f"{name}-group", "property": "limits", "value": {"bps-total": speed}}
        talk.ask("qom-set", limits)


def _layers(
    talk: Conversation, image: Path, name: str, failing: tuple[Failing, ...], speed: int, read_only: bool
) -> str:
    """Stack what the stick is made of; tells the uppermost layer."""
    top = _layer(talk, name, "file", driver="file", filename=str(image.resolve()))
    if failing:
        rules = {"inject-error": [one.rule for one in failing]}
        top = _layer(talk, name, "failing", driver="blkdebug", image=top, **rules)
    top = _layer(talk, name, "raw", driver="raw", file=top, **{"read-only": read_only})
    if speed:
        limits = {"qom-type": "throttle-group", "id": f"{name}-group", "limits": {"bps-total": speed}}
        talk.ask("object-add", limits)
        top = _layer(talk, name, "slow", driver="throttle", file=top, **{"throttle-group": f"{name}-group"})
    return top


def _layer(talk: Conversation, name: str, layer: str, **options: Any) -> str:
    node = f"{name}-{layer}"
    talk.ask("blockdev-add", {"node-name": node, **options})
    return node


def _forget(talk: Conversation, name: str) -> None:
    have = {node["node-name"] for node in talk.ask("query-named-block-nodes")}
    for node in (f"{name}-{layer}" for layer in _LAYERS):
        if node in have:
            talk.ask("blockdev-del", {"node-name": node})
    if f"{name}-slow" in have:
        talk.ask("object-del", {"id": f"{name}-group"})
