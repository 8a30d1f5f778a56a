"""How surprising a score is, and where to draw the line: ranks among account-windows that were held back from fitting.

Split conformal p-values (Vovk, Gammerman and Shafer 2005; for outliers Bates, Candès, Lei, Romano and Sesia 2023) and the step-up
procedure of Benjamini and Hochberg (1995). Whole numbers throughout: a line that is drawn by counting is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from detectors.rank import surprisal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The sorted rarities of the account-windows held back, and how many of the rarest are taken for what is looked for.

    Held-back rows come from the same population as those judged. Without leaving some out nothing could ever be called rarer
    than they are: `tainted` of them, the rarest, do not count as lawful.
    """

    held_back: Counts
    tainted: int

    @classmethod
    def of(cls, rarities: Counts, share: int) -> Calibration:
        """From the rarities held back, in any order; `share` per mille are taken to be what is looked for, rounded down."""
        import numpy as np  # noqa: PLC0415

        return cls(np.sort(rarities), len(rarities) * share // 1000)

    @property
    def lawful(self) -> int:
        """Rows held back that count as lawful."""
        return len(self.held_back) - self.tainted

    @property
    def bar(self) -> int:
        """One more than the greatest rarity that counts as lawful: from here on the p-value is the least that there is."""
        return int(self.held_back[self.lawful - 1]) + 1 if self.lawful else 0

    def reached_by(self, rarities: Counts) -> Counts:
        """For each rarity how many of the lawful are as rare at least. The p-value is one more over `lawful` and one."""
        import numpy as np  # noqa: PLC0415

        reached: Counts = self.lawful - np.searchsorted(self.held_back[: self.lawful], rarities, side="left")
        return reached.astype(np.int64)

    def at_least(self, fdr: int) -> int:
        """The least rarity that a false discovery rate of `fdr` per mille could ever accept: its p-value is no higher."""
        most_reached = fdr * (self.lawful + 1) // 1000 - 1
        if most_reached >= self.lawful:
            return 0
        return int(self.held_back[self.lawful - 1 - max(most_reached, 0)])

    def line(self, rarities: Counts, fdr: int) -> int | None:
        """The least rarity that is flagged among all those tested, or none: at most `fdr` per mille of the flagged are lawful.

        `rarities` are all that are tested; one that lies below `at_least(fdr)` may be given as -1.
        """
        import numpy as np  # noqa: PLC0415

        ordered = np.sort(rarities)[::-1]
        p_values_over = (self.reached_by(ordered) + 1) * len(ordered) * 1000
        accepted = np.flatnonzero(p_values_over <= np.arange(1, len(ordered) + 1) * fdr * (self.lawful + 1))
        return int(ordered[accepted[-1]]) if len(accepted) else None

    def surprisal(self, rarity: int, windows: int) -> int:
        """Thousandths of a bit: how seldom an account of so many windows is this rare in one, by all that were held back.

        None is left out here, and each window is one more chance (Bonferroni): the ranking is not to be told more than was seen.
        """
        import numpy as np  # noqa: PLC0415

        count = len(self.held_back)
        as_rare = count - int(np.searchsorted(self.held_back, rarity, side="left"))
        return surprisal(min((as_rare + 1) * windows, count + 1) - 1, count - 1)
