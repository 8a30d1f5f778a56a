"""What the models of accounts have in common in their descriptions: sources, indicators and the parameters of measuring and flagging."""

from __future__ import annotations

from decimal import Decimal

from schemas.detector import Indicator, Parameter

SOURCES = (
    "HBOS: Goldstein and Dengel 2012",
    "Isolation Forest: Liu, Ting and Zhou 2008",
    "Principal component classifier: Shyu, Chen, Sarinnapakorn and Chang 2003",
    "Distance to the nearest: Ramaswamy, Rastogi and Shim 2000",
    "PyOD: Zhao, Nasrullah and Li 2019",
    "Conformal p-values for outliers: Bates, Candès, Lei, Romano and Sesia 2023",
    "False discovery rate: Benjamini and Hochberg 1995",
    "Explanation by feature replacement: Strumbelj and Kononenko 2014",
)

INDICATORS = (
    Indicator(
        label={"en": "Rarer than this share of the reference", "fr": "Plus rare que cette part de la référence",
               "es": "Más rara que esta parte de la referencia"},
        observed="score", threshold="score_bar", sense="at_least",
    ),
    Indicator(
        label={"en": "Money in and out in the window", "fr": "Argent reçu et versé dans la période",
               "es": "Dinero recibido y pagado en el periodo"},
        observed="turnover", threshold="least_turnover", sense="at_least",
    ),
)  # fmt: skip

FALSE_DISCOVERIES = "fdr_per_mille"
"""The parameter of a model that an operator sets for all of them, and for one run."""

PARAMETERS: dict[str, Parameter] = {
    "window_days": Parameter(
        default=30, unit="days", least=7, most=92,
        reason="a month holds one salary, one rent and four market weeks, so that accounts are comparable",
    ),
    "short_window_days": Parameter(
        default=7, unit="days", least=7, most=92,
        reason="a week shows a burst that a month waters down; as long as `window_days` it is left out",
    ),
    "long_window_days": Parameter(
        default=90, unit="days", least=7, most=366,
        reason="a quarter shows what comes slowly, a little every week; as long as `window_days` it is left out",
    ),
    "least_transactions": Parameter(
        default=5, unit="count", least=2, most=1000,
        reason="with fewer transactions shares such as cash or night are chance",
    ),
    "least_short_transactions": Parameter(
        default=10, unit="count", least=2, most=1000,
        reason="what `least_transactions` is, in the short window: in a week of five payments it is chance whether one was received",
    ),
    "least_turnover": Parameter(
        default=Decimal(1000), unit="money", least=Decimal(0), most=Decimal(1_000_000_000),
        reason="materiality: below this an oddity is not worth an analyst's hour; peers may turn over less; in the base currency",
    ),
    "reference": Parameter(
        default=20_000, unit="count", least=20, most=20_000,
        reason="account-windows that fit, and as many held back: enough for one in 20,000, few enough for seconds",
    ),
    "share": Parameter(
        default=10, unit="per_mille", least=0, most=100,
        reason="the rarest of those held back that do not count as lawful: assumed, not known; a higher share flags more",
    ),
    FALSE_DISCOVERIES: Parameter(
        default=200, unit="per_mille", least=1, most=1000,
        reason="the share of what is flagged that may be as lawful as the rest: four of five should be worth a look",
    ),
    "least_distance": Parameter(
        default=Decimal(6), unit="ratio", least=Decimal(0), most=Decimal(100),
        reason="in a world of equals somebody is always rarest; one feature must lie this many standard deviations away",
    ),
}  # fmt: skip


def most_findings(default: int) -> Parameter:
    """The cap on what a model reports."""
    return Parameter(
        default=default, unit="count", least=1, most=100_000,
        reason="what analysts can look at beside the patterns; the rarest are kept, and how many were not is noted",
    )  # fmt: skip
