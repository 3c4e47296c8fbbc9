"""The bodies of the triggers that keep a frozen version as it was, whoever writes to the database.

Each takes a share lock on the version it looks at: a row that is being added while the version is being frozen waits
for the freeze, and is then refused, instead of slipping in beside the fingerprint.
"""

_RETURN = """
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""

_REFUSE = "RAISE EXCEPTION 'a frozen statement version cannot change' USING ERRCODE = 'integrity_constraint_violation';"

# A version under embargo may come sooner, or be taken back for ever, until its moment; nothing else of it changes.
REFUSE_CHANGE_OF_FROZEN_VERSION = f"""
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'opens_at' - 'dropped_at' = to_jsonb(OLD) - 'opens_at' - 'dropped_at'
       AND OLD.dropped_at IS NULL AND OLD.opens_at > statement_timestamp() AND NEW.opens_at <= OLD.opens_at THEN
        RETURN NEW;
    END IF;
    {_REFUSE}
"""

REFUSE_UNHASHED_FREEZE = """
    IF NOT EXISTS (SELECT 1 FROM petitions_versiontext WHERE version_id = NEW.id)
       OR EXISTS (SELECT 1 FROM petitions_versiontext WHERE version_id = NEW.id AND sha256 = '') THEN
        RAISE EXCEPTION 'a version is frozen with the fingerprint of each of its texts'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""

REFUSE_CHANGE_OF_FROZEN_TEXT = f"""
    IF TG_OP <> 'INSERT' AND OLD.sha256 <> '' THEN {_REFUSE} END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT frozen_at IS NOT NULL INTO frozen FROM petitions_statementversion WHERE id = NEW.version_id FOR SHARE;
        IF frozen THEN {_REFUSE} END IF;
    END IF;
    {_RETURN}
"""  # noqa: S608  built from the constants above

REFUSE_CHANGE_OF_FROZEN_DEMAND = f"""
    IF TG_OP = 'UPDATE' AND OLD.version_id = NEW.version_id AND OLD.number = NEW.number
       AND OLD.position = NEW.position AND OLD.deadline_on IS NOT DISTINCT FROM NEW.deadline_on THEN
        RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        SELECT frozen_at IS NOT NULL INTO frozen FROM petitions_statementversion WHERE id = OLD.version_id FOR SHARE;
        IF frozen THEN {_REFUSE} END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT frozen_at IS NOT NULL INTO frozen FROM petitions_statementversion WHERE id = NEW.version_id FOR SHARE;
        IF frozen THEN {_REFUSE} END IF;
    END IF;
    {_RETURN}
"""  # noqa: S608  built from the constants above

_VERSION_OF = """
        SELECT v.frozen_at IS NOT NULL INTO frozen FROM petitions_demand d
          JOIN petitions_statementversion v ON v.id = d.version_id WHERE d.id = {row}.demand_id FOR SHARE OF v;
"""

REFUSE_CHANGE_OF_FROZEN_DEMAND_TEXT = f"""
    IF TG_OP <> 'INSERT' THEN {_VERSION_OF.format(row="OLD")}
        IF frozen THEN {_REFUSE} END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN {_VERSION_OF.format(row="NEW")}
        IF frozen THEN {_REFUSE} END IF;
    END IF;
    {_RETURN}
"""
