from django.db import migrations, models

from iomsite.richtext.conversion import steps

TEXTS = {"page": ["body"], "historyevent": ["body"], "framework": ["body"]}


class Migration(migrations.Migration):
    dependencies = [("organisation", "0010_name_pages_for_good")]

    operations = [
        migrations.AlterField(
            model_name="framework",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="historyevent",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="page",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.RunPython(*steps("organisation", TEXTS), elidable=True),
    ]
