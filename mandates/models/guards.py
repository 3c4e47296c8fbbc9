"""Triggers: what holds for letters whoever writes to the database.

Nobody approves words of their own; what is approved stays as it is; and the only way back, withdrawing, is open as long
as nothing can have left. The database knows people by the numbers it is given: it makes two people two, and cannot know
whether somebody acts under another's name.
"""

import pgtrigger

# The columns of a letter that a decision changes; all others are what the decision is about.
DECIDED = "ARRAY['state', 'submitted_at', 'approved_by_id', 'approved_at', 'approved_sha256']"

# Everybody who ever wrote: the letter's own row, its steps, and the history that the database keeps by itself.
WRITERS = """
    SELECT NEW.author_id UNION SELECT NEW.edited_by_id UNION SELECT OLD.author_id UNION SELECT OLD.edited_by_id
    UNION SELECT by_id FROM mandates_letterstep
        WHERE letter_id = NEW.id AND what IN ('drafted', 'edited', 'addressed')
    UNION SELECT author_id FROM mandates_letterevent WHERE pgh_obj_id = NEW.id
    UNION SELECT edited_by_id FROM mandates_letterevent WHERE pgh_obj_id = NEW.id
"""

# What the approval of a letter is bound to; `actions.approving` computes the same.
APPROVED_HASH = r"""
    SELECT encode(sha256(convert_to('letter ' || NEW.id || E'\n' || string_agg(line, E'\n' ORDER BY line COLLATE "C"),
        'UTF8')), 'hex')
    FROM (
        SELECT concat_ws(' ', mandate.slug, delivery.mode, encode(delivery.recipient_digest, 'hex'),
            message.message_id, delivery.approved_sha256) AS line
        FROM mandates_delivery AS delivery
        JOIN mandates_mandate AS mandate ON mandate.id = delivery.mandate_id
        JOIN outbox_message AS message ON message.id = delivery.message_id
        WHERE delivery.letter_id = NEW.id AND delivery.voided_at IS NULL
    ) AS lines
"""

# A delivery may have left unless it was held back or refused, and nobody ever wondered.
MAY_HAVE_LEFT = """
    SELECT 1 FROM mandates_delivery AS delivery JOIN outbox_message AS message ON message.id = delivery.message_id
    WHERE delivery.letter_id = OLD.id AND delivery.voided_at IS NULL AND (
        message.state NOT IN ('cancelled', 'failed')
        OR EXISTS (
            SELECT 1 FROM outbox_lettermove WHERE pgh_obj_id = message.id AND state IN ('uncertain', 'sent')
        )
    )
"""

ADDRESSEES_DIFFER = """
    (SELECT mandate_id FROM mandates_letteraddressee WHERE letter_id = NEW.id
     EXCEPT SELECT mandate_id FROM mandates_delivery WHERE letter_id = NEW.id AND voided_at IS NULL)
    UNION ALL
    (SELECT mandate_id FROM mandates_delivery WHERE letter_id = NEW.id AND voided_at IS NULL
     EXCEPT SELECT mandate_id FROM mandates_letteraddressee WHERE letter_id = NEW.id)
"""


def second_person(name: str) -> pgtrigger.Trigger:
    """For letters: a second person approves what the row and its deliveries say, and then it stands."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state = 'approved' THEN
                    RAISE EXCEPTION 'a letter cannot begin as approved';
                END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE' THEN
                IF OLD.state = 'approved' THEN
                    RAISE EXCEPTION 'an approved letter cannot change';
                END IF;
                RETURN OLD;
            END IF;
            IF NEW.state <> 'draft' AND (to_jsonb(NEW) - {DECIDED}) <> (to_jsonb(OLD) - {DECIDED}) THEN
                RAISE EXCEPTION 'only a draft can be written: an approved letter cannot change';
            END IF;
            IF OLD.state = 'approved' THEN
                IF NEW.state <> 'draft' OR (to_jsonb(NEW) - {DECIDED}) <> (to_jsonb(OLD) - {DECIDED})
                    OR NEW.approved_by_id IS NOT NULL OR NEW.approved_at IS NOT NULL OR NEW.approved_sha256 <> ''
                    OR EXISTS ({MAY_HAVE_LEFT})
                THEN
                    RAISE EXCEPTION 'an approved letter cannot change';
                END IF;
            ELSIF NEW.state = 'approved' THEN
                IF OLD.state <> 'in_review' THEN
                    RAISE EXCEPTION 'only a letter in review can be approved';
                END IF;
                IF NEW.approved_by_id IN ({WRITERS}) THEN
                    RAISE EXCEPTION 'mandates_letter_approved_by_second_person: nobody approves what they wrote'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF EXISTS ({ADDRESSEES_DIFFER}) THEN
                    RAISE EXCEPTION 'a letter is approved with one delivery for each of its addressees';
                END IF;
                IF NEW.approved_sha256 IS DISTINCT FROM ({APPROVED_HASH}) THEN
                    RAISE EXCEPTION 'an approval is bound to the bytes of its deliveries'
                        USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def approved_delivery(name: str) -> pgtrigger.Trigger:
    """For deliveries: written while the letter is in review, with the bytes of its message; then only voided."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("letter_state", "TEXT")],
        func="""
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'a delivery cannot change';
            END IF;
            SELECT state INTO letter_state FROM mandates_letter WHERE id = NEW.letter_id FOR SHARE;
            IF TG_OP = 'UPDATE' THEN
                IF (to_jsonb(NEW) - 'voided_at') <> (to_jsonb(OLD) - 'voided_at')
                    OR OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR letter_state <> 'draft'
                THEN
                    RAISE EXCEPTION 'a delivery cannot change';
                END IF;
                RETURN NEW;
            END IF;
            IF letter_state <> 'in_review' OR NEW.voided_at IS NOT NULL THEN
                RAISE EXCEPTION 'an approved letter cannot change: deliveries are made with the approval';
            END IF;
            IF NOT EXISTS (
                SELECT 1 FROM outbox_message
                WHERE id = NEW.message_id AND content_sha256 = NEW.approved_sha256
                    AND policy = 'once' AND lane = 'letters' AND state = 'queued'
            ) OR NOT EXISTS (
                SELECT 1 FROM mandates_contactpoint WHERE id = NEW.contact_point_id AND mandate_id = NEW.mandate_id
            ) THEN
                RAISE EXCEPTION 'a delivery carries the bytes of its message to an address of its mandate';
            END IF;
            RETURN NEW;
        """,
    )


def frozen_with_letter(name: str) -> pgtrigger.Trigger:
    """For rows that hang on a letter by `letter_id`: once the letter is approved they cannot change.

    The letter's row is held, so that a change and an approval at the same moment cannot miss each other.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("letter_state", "TEXT")],
        func="""
            FOR letter_state IN
                SELECT state FROM mandates_letter WHERE id IN (OLD.letter_id, NEW.letter_id) FOR SHARE
            LOOP
                IF letter_state = 'approved' THEN
                    RAISE EXCEPTION 'an approved letter cannot change';
                END IF;
            END LOOP;
            RETURN COALESCE(NEW, OLD);
        """,
    )
