from django.db import migrations

TABLE = "publishing_auditentry"
NAME = f"{TABLE}_is_kept"
REFUSAL = "Entries of the audit trail are neither changed nor deleted."

# Writing the same again is no change: `loaddata` does that.
ON_POSTGRESQL = f"""
CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER {NAME} BEFORE UPDATE OR DELETE ON {TABLE}
FOR EACH ROW EXECUTE FUNCTION {NAME}();
"""
FROM_POSTGRESQL = f"DROP TRIGGER {NAME} ON {TABLE}; DROP FUNCTION {NAME}();"

# SQLite empties a table by DELETE, which `manage.py flush` and the tests do, and tells no trigger
# how many rows go. So only changes are refused there; `verify_audit` notices what was taken away.
# A migration that makes SQLite build this table anew has to create the trigger again.
ON_SQLITE = """
CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN {changed}
BEGIN
    SELECT RAISE(ABORT, '{refusal}');
END
"""


def keep(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ON_POSTGRESQL, params=None)
        return
    fields = apps.get_model("publishing", "AuditEntry")._meta.concrete_fields
    columns = [schema_editor.quote_name(field.column) for field in fields]
    changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in columns)
    statement = ON_SQLITE.format(name=NAME, table=TABLE, changed=changed, refusal=REFUSAL)
    schema_editor.execute(statement, params=None)


def let_go(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    statement = FROM_POSTGRESQL if is_postgresql else f"DROP TRIGGER {NAME}"
    schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("publishing", "0003_ask_what_waits")]

    operations = [migrations.RunPython(keep, let_go)]
