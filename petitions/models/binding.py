"""The bodies of the triggers that tie a signature to what was signed, to the older one it replaces, to dossiers."""

REQUIRE_OWN_OLDER = """
    IF NOT EXISTS (
        SELECT 1 FROM petitions_signature o WHERE o.id = NEW.replaces_id AND o.state = 'superseded'
           AND o.statement_id = NEW.statement_id AND o.version_number < NEW.version_number
           AND o.email_digest = NEW.email_digest AND o.user_id IS NOT DISTINCT FROM NEW.user_id
    ) THEN
        RAISE EXCEPTION 'a signature replaces an older one of the same signatory'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""

REQUIRE_FROZEN_TEXT = """
    IF NOT EXISTS (
        SELECT 1 FROM petitions_versiontext t JOIN petitions_statementversion v ON v.id = t.version_id
        WHERE t.id = NEW.text_id AND v.statement_id = NEW.statement_id AND v.frozen_at IS NOT NULL
          AND v.dropped_at IS NULL AND (v.opens_at IS NULL OR v.opens_at <= statement_timestamp())
          AND v.number = NEW.version_number AND t.language = NEW.text_language
          AND t.sha256 = NEW.text_sha256
    ) THEN
        RAISE EXCEPTION 'a signature states the frozen text it is on, and its fingerprint'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""

# What a dossier says of a signatory must be what may be said now; petitions/models/handover.py. A name that is put away
# is still told to whom it was told before, and shown to nobody more or less.
AGE_DOSSIERS = """
    IF TG_OP = 'UPDATE' AND (
        NEW.state, NEW.display, NEW.original_name, NEW.honorific, NEW.title, NEW.affiliation, NEW.may_be_annexed
    ) IS NOT DISTINCT FROM (
        OLD.state, OLD.display, OLD.original_name, OLD.honorific, OLD.title, OLD.affiliation, OLD.may_be_annexed
    ) AND (CASE
        WHEN OLD.name_behind IS NULL AND NEW.name_behind IS NOT NULL THEN true
        WHEN NEW.display = 'full' THEN NEW.name = OLD.name
        ELSE NEW.name = OLD.name AND (NEW.name_behind IS NULL) = (OLD.name_behind IS NULL)
    END) THEN
        RETURN NULL;
    END IF;
    UPDATE petitions_handover h SET names_changed_at = now()
      FROM petitions_statementversion v
     WHERE h.statement_id = OLD.statement_id AND v.id = h.version_id AND h.names_changed_at IS NULL
       AND h.as_of >= OLD.accepted_at
       AND (h.covers_all_versions OR v.number = OLD.version_number);
    RETURN NULL;
"""
