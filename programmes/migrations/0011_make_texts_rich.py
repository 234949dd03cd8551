from django.db import migrations, models

from iomsite.richtext.conversion import steps

TEXTS = {
    "programme": ["body"],
    "objective": ["text"],
    "keyresult": ["text"],
    "areaofintervention": ["text"],
    "regionalengagement": ["contribution", "outcome"],
    "outcomedocument": ["body"],
}


class Migration(migrations.Migration):
    dependencies = [("programmes", "0010_name_pages_for_good")]

    operations = [
        migrations.AlterField(
            model_name="areaofintervention",
            name="text",
            field=models.TextField(
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="keyresult",
            name="text",
            field=models.TextField(
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="objective",
            name="text",
            field=models.TextField(
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="outcomedocument",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="description",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="body",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="context",
            ),
        ),
        migrations.AlterField(
            model_name="regionalengagement",
            name="contribution",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="our contribution",
            ),
        ),
        migrations.AlterField(
            model_name="regionalengagement",
            name="outcome",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Paragraphs, headings, lists, links, quotations and tables. Pasted text keeps its structure and loses its colours and fonts.",
                verbose_name="outcome",
            ),
        ),
        migrations.RunPython(*steps("programmes", TEXTS), elidable=True),
    ]
