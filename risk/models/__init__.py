from risk.models.portfolio import Flow, MonthEnd, Roll, Snapshot
from risk.models.scores import BorrowerRisk, Observation, Unscored

__all__ = ["BorrowerRisk", "Flow", "MonthEnd", "Observation", "Roll", "Snapshot", "Unscored"]
