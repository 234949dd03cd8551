"""Who we are: pages of the menu, figures, history, frameworks."""

import factory

from iomsite.organisation.models import Figure, Framework, HistoryEvent, Page
from iomsite.partialdate import PartialDate

from .publishing import PublishableFactory


class PageFactory(PublishableFactory):
    class Meta:
        model = Page

    title = factory.Sequence("Page {}".format)


class FigureFactory(PublishableFactory):
    """Each is the answer to a question of its own; `measure=` makes two answer the same one."""

    class Meta:
        model = Figure

    measure = factory.Sequence("measure-{}".format)
    label = factory.Sequence("things of kind {}".format)
    value = 175
    scope = "the organisation"


class HistoryEventFactory(PublishableFactory):
    class Meta:
        model = HistoryEvent

    title = factory.Sequence("Event {}".format)
    date = PartialDate.parse("1951")


class FrameworkFactory(PublishableFactory):
    class Meta:
        model = Framework

    title = factory.Sequence("Framework {}".format)
    kind = Framework.Kind.STRATEGY
