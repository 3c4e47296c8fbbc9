"""The bodies of the triggers that hold a signature under a watched name, whoever writes to the database."""

_LAST = """
    SELECT finding, by_id INTO found, finder FROM petitions_secondchannel
    WHERE signature_id = {signature} ORDER BY at DESC, id DESC LIMIT 1;
"""

REFUSE_WATCHED_WITHOUT_SECOND_CHANNEL = f"""
    IF NEW.state = 'accepted' AND NEW.review_reason = 'watched' THEN
        {_LAST.format(signature="NEW.id")}
        IF found IS NULL OR found = 'denied' THEN
            RAISE EXCEPTION 'a signature under a watched name is accepted after a second channel confirmed it'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.review_reason = 'watched' AND NEW.review_reason <> 'watched' THEN
        RAISE EXCEPTION 'a signature that is held for its name stays held'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""

REFUSE_OWN_SECOND_CHANNEL = f"""
    IF NEW.state_after = 'accepted' AND EXISTS (
        SELECT 1 FROM petitions_signature WHERE id = NEW.signature_id AND review_reason = 'watched'
    ) THEN
        {_LAST.format(signature="NEW.signature_id")}
        IF finder = NEW.by_id THEN
            RAISE EXCEPTION 'who confirmed over a second channel does not accept as well'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608  built from the constants above
