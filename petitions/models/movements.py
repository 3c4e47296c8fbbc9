"""What a trigger notes of every movement of a signature: what the count loses and what it gains.

Rows are added and never changed, so that signing waits for nobody: a counter that each signature raised would be one
hot row for all of them.
"""


def _note(row: str, step: int) -> str:
    facets = ("proof", "version_number", "category", "country", "display", "is_demonstration")
    values = ", ".join(f"{row}.{name}" for name in facets)
    hour = "CASE WHEN moved <> '' THEN date_trunc('hour', moved_at, 'UTC') END"
    return f"""
            INSERT INTO petitions_tallychange (statement_id, step, state, {", ".join(facets)}, flow, hour)
            VALUES ({row}.statement_id, {step}, {row}.state, {values}, moved, {hour});"""  # noqa: S608  words of this file


# A signature enters the count in the hour it was accepted; one that comes back after a refusal or a removal enters it
# in this hour, because the hours that are over stay as they were published. Who signs a newer version leaves the count
# and enters it in one hour, as in the public log.
NOTE_MOVEMENT = f"""
    DECLARE
        moved text := '';
        moved_at timestamptz := now();
    BEGIN
        IF TG_OP = 'UPDATE' AND (OLD.state, OLD.proof, OLD.display, OLD.category, OLD.country, OLD.is_demonstration)
           IS NOT DISTINCT FROM
           (NEW.state, NEW.proof, NEW.display, NEW.category, NEW.country, NEW.is_demonstration) THEN
            RETURN NULL;
        END IF;
        IF TG_OP = 'DELETE' THEN
            IF OLD.state = 'accepted' THEN
                moved := 'removed';
            END IF;
            {_note("OLD", -1)}
            RETURN NULL;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            {_note("OLD", -1)}
        END IF;
        IF NEW.state = 'accepted' AND TG_OP = 'INSERT' THEN
            moved := 'counted';
            moved_at := CASE WHEN NEW.replaces_id IS NULL THEN NEW.accepted_at ELSE NEW.created_at END;
        ELSIF TG_OP = 'UPDATE' THEN
            IF NEW.state = 'accepted' AND OLD.state <> 'accepted' THEN
                moved := 'counted';
                IF OLD.state IN ('pending', 'asked') THEN
                    moved_at := NEW.accepted_at;
                END IF;
            ELSIF OLD.state = 'accepted' AND NEW.state IN ('withdrawn', 'superseded') THEN
                moved := 'withdrawn';
                moved_at := coalesce(NEW.withdrawn_at, NEW.superseded_at);
            ELSIF OLD.state = 'accepted' AND NEW.state <> 'accepted' THEN
                moved := 'removed';
                moved_at := coalesce(NEW.removed_at, now());
            END IF;
        END IF;
        {_note("NEW", 1)}
        RETURN NULL;
    END;
"""
