"""The table of a run, and a picture of how cost grows."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Row:
    """A line of the table: ``goal`` as the issue states it, ``met`` where it states one."""

    measure: str
    what: str
    figure: str
    goal: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Report:
    """Collects rows and curves; shows them on stdout and in ``growth.svg``."""

    folder: Path
    rows: list[Row] = field(default_factory=list)
    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, measure: str, what: str, figure: str, goal: str = "", met: bool | None = None) -> None:
        """Add a row, and say it at once: a long run may be cut off."""
        row = Row(measure, what, figure, goal, met)
        self.rows.append(row)
        print(_line(row), flush=True)

    def point(self, curve: str, x: float, y: float) -> None:
        """Add a point of a curve."""
        self.curves.setdefault(curve, []).append((x, y))

    def show(self) -> None:
        """The whole table, and the picture."""
        print("\n| measure | what | figure | goal | met |\n|---|---|--:|--:|---|")
        for row in self.rows:
            met = {None: "", True: "yes", False: "**no**"}[row.met]
            print(f"| {row.measure} | {row.what} | {row.figure} | {row.goal} | {met} |")
        if self.curves:
            picture = self.folder / "growth.svg"
            picture.write_text(drawn(self.curves))
            print(f"\n{picture}")


def _line(row: Row) -> str:
    goal = f"   (goal {row.goal}{'' if row.met is None else ': met' if row.met else ': NOT met'})" if row.goal else ""
    return f"{row.measure:10} {row.what:60} {row.figure:>14}{goal}"


def drawn(curves: dict[str, list[tuple[float, float]]]) -> str:
    """Curves as SVG, both axes from nought."""
    width, height, left, bottom = 720, 420, 60, 40
    most_x = max(x for points in curves.values() for x, _ in points)
    most_y = max(y for points in curves.values() for _, y in points)
    inks = ("#0c3b40", "#c9930a", "#a23b3b", "#3b6ea2", "#5a8f3b")

    def at(x: float, y: float) -> str:
        return (
            f"{left + x / most_x * (width - left - 20):.1f},{height - bottom - y / most_y * (height - bottom - 20):.1f}"
        )

    lines = []
    for number, (name, points) in enumerate(curves.items()):
        ink = inks[number % len(inks)]
        path = " ".join(at(x, y) for x, y in sorted(points))
        lines.append(f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2"/>')
        lines.append(f'<text x="{left + 10}" y="{30 + 18 * number}" fill="{ink}">{name}</text>')
    axes = (
        f'<path d="M{left} 20V{height - bottom}H{width - 20}" fill="none" stroke="#888"/>'
        f'<text x="{left - 6}" y="30" text-anchor="end">{most_y:.2f} s</text>'
        f'<text x="{width - 20}" y="{height - 14}" text-anchor="end">{most_x:,.0f}</text>'
    )
    style = 'font-family="sans-serif" font-size="13"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {style}>'
    return f"{head}{axes}{''.join(lines)}</svg>\n"
