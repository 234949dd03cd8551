"""Members of staff."""

import factory
from django.contrib.auth.models import Permission

from iomsite.accounts.models import User

from .publishing import LONG_AGO


class UserFactory(factory.django.DjangoModelFactory):
    """May enter the administration; `permissions=["news.view_newsrelease"]` names what else."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person{}".format)
    is_staff = True
    date_joined = LONG_AGO

    @factory.post_generation
    def permissions(self, create, extracted, **kwargs):
        for name in extracted or []:
            app, codename = name.split(".")
            self.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
