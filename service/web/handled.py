"""How an originator wants its data handled, as pages show it: the label beside what it binds, and the words of the limits."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.handling import TLP, Handling
from service.web.words import mark

USE = {"evidence": mark("as evidence and as intelligence"), "intelligence": mark("as intelligence, not as evidence")}
ONWARD = {
    "free": mark("free"),
    "consent": mark("with the originator's consent"),
    "never": mark("never"),
}


@dataclass(frozen=True, slots=True)
class HandlingShown:
    """A handling with its label, and what may be chosen where it is chosen: nothing looser."""

    tlp: str
    use: str
    onward: str
    purpose: str
    caveats: tuple[str, ...]
    labels: tuple[str, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()
    onwards: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, held: Handling) -> HandlingShown:
        onwards = tuple(ONWARD.items())
        return cls(
            tlp=held.tlp,
            use=USE[held.use],
            onward=ONWARD[held.onward],
            purpose=held.purpose,
            caveats=held.caveats,
            labels=TLP[TLP.index(held.tlp) :],
            uses=tuple(each for each in USE.items() if held.use == "evidence" or each[0] == held.use),
            onwards=onwards[list(ONWARD).index(held.onward) :],
        )
