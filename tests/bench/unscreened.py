"""``linksync`` as it would be if it did not look into files: the other side of the cost of screening.

python -m bench.unscreened handoff ...
"""

from dataclasses import replace

from linksync.cli.main import COMMANDS, main
from linksync.custody.lists import Digest
from linksync.host import intake
from linksync.stick.sights import Seen


class Blind:
    """Looks at nothing."""

    def get_ready(self) -> None:
        """There is nothing to start."""

    def read(self, path: bytes, size: int, digest: Digest, data: bytes | memoryview | None, descriptor: int) -> None:
        """A file was read."""

    def seen(self) -> dict[bytes, Seen]:
        """Nothing was seen."""
        return {}

    def close(self) -> None:
        """There is nothing to end."""


if __name__ == "__main__":
    intake.screener = lambda *_args, **_more: Blind()  # type: ignore[assignment,attr-defined]
    COMMANDS["handoff"] = replace(COMMANDS["handoff"], prepares="")
    main()
