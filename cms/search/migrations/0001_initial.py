"""The index that modelsearch's models speak of and no migration of theirs makes: without it every search reads the whole table."""

from django.db import migrations

TABLE = "wagtailsearch_indexentry"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX desk_search_words ON {TABLE} USING gin ((title || body))")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX desk_search_words")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('wagtailsearch', '0010_add_text_fields'),
    ]

    operations = [migrations.RunPython(create, drop)]
