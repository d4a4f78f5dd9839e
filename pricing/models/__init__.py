"""Tariffs with their zones, lanes and charges; contracts; campaigns; fuel; the quotes that were given."""

from pricing.models.quotes import GivenQuote
from pricing.models.tariffs import CodPlan, Lane, LaneBreak, Surcharge, SurchargeTier, TariffVersion, Zone, ZonePlace
from pricing.models.terms import Campaign, Contract, ContractRate, FuelRate

__all__ = [
    "Campaign",
    "CodPlan",
    "Contract",
    "ContractRate",
    "FuelRate",
    "GivenQuote",
    "Lane",
    "LaneBreak",
    "Surcharge",
    "SurchargeTier",
    "TariffVersion",
    "Zone",
    "ZonePlace",
]
