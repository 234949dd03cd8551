"""Where we work and what we do there.

Facts about the work in a country belong to its programmes, not to the country.
"""

from .geography import (
    PARAGRAPHS,
    Country,
    Region,
    RegionalOffice,
)
from .reference import (
    Goal,
    Partner,
    Topic,
)
from .work import (
    AreaOfIntervention,
    EngagementPartner,
    EngagementPhoto,
    EngagementRole,
    KeyResult,
    Objective,
    OutcomeDocument,
    Programme,
    ProgrammePartner,
    RegionalEngagement,
)

__all__ = [
    "AreaOfIntervention",
    "Country",
    "EngagementPartner",
    "EngagementPhoto",
    "EngagementRole",
    "Goal",
    "KeyResult",
    "Objective",
    "OutcomeDocument",
    "PARAGRAPHS",
    "Partner",
    "Programme",
    "ProgrammePartner",
    "Region",
    "RegionalEngagement",
    "RegionalOffice",
    "Topic",
]
