"""What the shapes of networks, and what may make one ordinary, are called, in every language that an analyst reads."""

from __future__ import annotations

from schemas.detector import Words

SHAPES: dict[str, Words] = {
    "scatter_gather": {
        "en": "one account pays several who pay the same other",
        "fr": "un compte en paie plusieurs qui en paient un même autre",
        "es": "una cuenta paga a varias que pagan a una misma otra",
    },
    "common_payees": {
        "en": "several pay the same accounts", "fr": "plusieurs paient les mêmes comptes",
        "es": "varias pagan a las mismas cuentas",
    },
    "common_payers": {
        "en": "the same accounts pay several", "fr": "les mêmes comptes en paient plusieurs",
        "es": "las mismas cuentas pagan a varias",
    },
    "ring": {"en": "a ring", "fr": "une boucle", "es": "un círculo"},
    "chain": {
        "en": "handed on from one to the next", "fr": "transmis de main en main", "es": "pasado de mano en mano",
    },
    "gather_scatter": {
        "en": "one account collects and hands out", "fr": "un compte collecte et redistribue",
        "es": "una cuenta recauda y reparte",
    },
    "fan_out": {
        "en": "one account pays many", "fr": "un compte en paie beaucoup", "es": "una cuenta paga a muchas",
    },
    "fan_in": {
        "en": "many pay one account", "fr": "beaucoup paient un même compte", "es": "muchas pagan a una cuenta",
    },
    "strangers_paid": {
        "en": "one account pays many, each of them once and never again",
        "fr": "un compte en paie beaucoup, chacun une seule fois",
        "es": "una cuenta paga a muchas, a cada una una sola vez",
    },
    "paid_by_strangers": {
        "en": "many pay one account, each of them once and never again",
        "fr": "beaucoup paient un même compte, chacun une seule fois",
        "es": "muchas pagan a una cuenta, cada una una sola vez",
    },
    "mixed": {
        "en": "several shapes in one", "fr": "plusieurs formes en une", "es": "varias formas en una",
    },
}  # fmt: skip

ROTATING: Words = {
    "en": "; equal sums that all pay and all get, as in a savings circle",
    "fr": " ; des sommes égales que tous versent et que tous reçoivent, comme dans une tontine",
    "es": "; sumas iguales que todos pagan y todos reciben, como en una tanda",
}
"""Added where the network goes round as a savings circle does."""
MATURING: Words = {
    "en": "; these may still turn out to be ordinary new relations",
    "fr": " ; il peut encore s'agir de nouvelles relations ordinaires",
    "es": "; aún pueden resultar relaciones nuevas ordinarias",
}
"""Added while fewer days have passed since the last payment than a relation must be quiet for."""
