from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("images", "0007_moments_and_sets")]

    operations = [
        migrations.RenameField(model_name="photo", old_name="alt_text", new_name="description"),
    ]
