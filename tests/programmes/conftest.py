import pytest


@pytest.fixture
def menu(db):
    """The pages of the menu that the lists and overviews of the work stand at."""
    from tests.factories.organisation import PageFactory

    work = PageFactory(slug="our-work", title="Our work", published=True)
    PageFactory(slug="what-we-do", title="What we do", parent=work, published=True)
    PageFactory(slug="partnerships", title="Partnerships", parent=work, published=True)
    PageFactory(slug="where-we-work", title="Where we work", published=True)
    PageFactory(slug="2030-agenda", title="2030 Agenda", published=True)
