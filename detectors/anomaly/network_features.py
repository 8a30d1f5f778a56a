"""What is measured of a network: accounts that first payments tie together in a window. Declared like the features of accounts.

The numbers are exact and know nothing of who the accounts are: how many, how tied, how much, how alike.
"""

from __future__ import annotations

from detectors.anomaly.features import Feature, plain, ratio, share_of, unlike_share

_DECLARED: tuple[Feature, ...] = (
    plain(
        "accounts", "count", en="accounts", fr="comptes", es="cuentas",
        meaning="accounts that first payments tie together, over any number of steps", concerns="is_any",
    ),
    plain(
        "relations", "count", en="first payments", fr="premiers paiements", es="primeros pagos",
        meaning="first payments among them", concerns="is_any",
    ),
    plain(
        "moved", "money", en="money moved", fr="argent déplacé", es="dinero movido",
        meaning="sum of these payments", concerns="is_any",
    ),
    plain(
        "days_paid", "count", en="days with first payments", fr="jours avec premiers paiements", es="días con primeros pagos",
        meaning="days with one of these payments, UTC", concerns="is_any",
    ),
    ratio(
        "closure", share_of("closing", "relations"),
        en="payments that close circles", fr="paiements qui ferment des cercles", es="pagos que cierran círculos",
        meaning="of the payments, those more than hold the accounts together", concerns="is_any", least_spread=0.1,
    ),
    ratio(
        "gathered", share_of("most_received", "relations"),
        en="payments to one account", fr="paiements vers un seul compte", es="pagos a una sola cuenta",
        meaning="of the payments, those to the account that is paid most often", concerns="is_any", least_spread=0.15,
    ),
    ratio(
        "scattered", share_of("most_paid", "relations"),
        en="payments from one account", fr="paiements d'un seul compte", es="pagos de una sola cuenta",
        meaning="of the payments, those from the account that pays most often", concerns="is_any", least_spread=0.15,
    ),
    ratio(
        "middlemen", share_of("between", "accounts"),
        en="accounts that receive and pay", fr="comptes qui reçoivent et versent", es="cuentas que reciben y pagan",
        meaning="of the accounts, those that both are paid and pay", concerns="is_any", least_spread=0.15,
    ),
    ratio(
        "handed_on", share_of("handed", "moved"),
        en="money handed on", fr="argent remis plus loin", es="dinero entregado a otros",
        meaning="of the money moved, what an account both received and paid within the network", concerns="is_any",
        least_spread=0.15,
    ),
    ratio(
        "sums_variety", unlike_share("equal_pairs", "relations"),
        en="variety of sums", fr="variété des sommes", es="variedad de sumas",
        meaning="how often two payments drawn at random differ in amount", concerns="is_any", least_spread=0.15,
    ),
)  # fmt: skip

NETWORK_FEATURES: dict[str, Feature] = {feature.name: feature for feature in _DECLARED}
"""Every feature of a network by name, in the order in which the models see them."""
