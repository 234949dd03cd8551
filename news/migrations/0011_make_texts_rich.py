from django.db import migrations, models

from iomsite.richtext.conversion import steps

TEXTS = {"campaign": ["body"], "publication": ["body"], "newsrelease": ["body"]}


class Migration(migrations.Migration):
    dependencies = [("news", "0010_name_pages_for_good")]

    operations = [
        migrations.AlterField(
            model_name="campaign",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="newsrelease",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="publication",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.RunPython(*steps("news", TEXTS), elidable=True),
    ]
