"""The bodies of the triggers that hold a statement's way to the public: which state follows which, and a second person.

Leaving the site is always allowed, and needs no second person; coming onto it is not.
"""

_REFUSE = "USING ERRCODE = 'integrity_constraint_violation'"

# The state before, and those that may follow. Whatever is on the site came through `in_review`.
STEPS = {
    "draft": ("in_review",),
    "in_review": ("draft", "embargoed", "open"),
    "embargoed": ("draft", "open"),
    "open": ("closed", "handed_over", "draft"),
    "closed": ("open", "handed_over", "draft"),
    "handed_over": ("open", "closed", "draft"),
}

_STEPS = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state IN ({', '.join(repr(state) for state in after)}))"
    for before, after in STEPS.items()
)

_WROTE = """
        EXISTS (SELECT 1 FROM petitions_statementevent e WHERE e.version_id = {version} AND e.by_id = {person}
                AND e.kind IN ('written', 'submitted'))
"""

REFUSE_WRONG_STEP = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION 'a statement begins as a draft' {_REFUSE};
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = NEW.state THEN RETURN NEW; END IF;
    IF NOT ({_STEPS}) THEN
        RAISE EXCEPTION 'a statement does not go from % to %', OLD.state, NEW.state {_REFUSE};
    END IF;
    IF OLD.state = 'in_review' AND NEW.state IN ('open', 'embargoed') THEN
        SELECT id INTO version FROM petitions_statementversion
         WHERE statement_id = NEW.id AND frozen_at IS NOT NULL AND dropped_at IS NULL
           AND (opens_at IS NULL OR opens_at <= statement_timestamp()) ORDER BY number DESC LIMIT 1;
        IF version IS NULL THEN
            RAISE EXCEPTION 'a statement is opened with a frozen version' {_REFUSE};
        END IF;
        IF {_WROTE.format(version="version", person="NEW.published_by_id")} THEN
            RAISE EXCEPTION 'a statement is opened by a second person' {_REFUSE};
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608  built from the constants above

REFUSE_FREEZE_BY_WRITER = f"""
    IF NEW.submitted_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM petitions_statement s WHERE s.id = NEW.statement_id
           AND s.state IN ('embargoed', 'open', 'closed', 'handed_over')
    ) THEN
        RETURN NEW;
    END IF;
    IF NEW.frozen_by_id IS NULL OR NEW.submitted_by_id IS NULL OR NEW.frozen_by_id = NEW.submitted_by_id
       OR {_WROTE.format(version="NEW.id", person="NEW.frozen_by_id")} THEN
        RAISE EXCEPTION 'a version is frozen by a second person' {_REFUSE};
    END IF;
    RETURN NEW;
"""  # noqa: S608  built from the constants above
