"""Who signed: which columns say it, how long they stand, and the body of the trigger that keeps them as signed."""

from typing import Any

from django.db.models import Q

# Copied at signing; the search key is only derived. They may change once only: to be erased, or reduced to what is
# public (retention). The name as well; and it may be put away, once, from where it is shown in full, in part, or not.
FROZEN = (
    "signs_as",
    "honorific",
    "name_binding",
    "original_name",
    "sort_key",
    "title",
    "is_current",
    "affiliation",
    "ror_id",
    "category",
    "in_personal_capacity",
    "country",
    "field",
    "organisation",
    "organisation_role",
    "is_protected",
)

# What an erased row holds: nothing that leads to a person.
ERASED: dict[str, Any] = {
    "honorific": "",
    "name": "",
    "name_binding": "",
    "original_name": "",
    "sort_key": "",
    "search_key": "",
    "title": "",
    "affiliation": "",
    "ror_id": "",
    "category": "",
    "country": "",
    "field": "",
    "organisation": "",
    "organisation_role": "",
    "comment": "",
    "updates_wording": "",
    "wants_updates": False,
    "is_protected": False,
}
ERASED_REFERENCES = ("user", "email", "email_digest", "name_behind", "authority", "verification", "updates_agreed_at")

# What a protected signatory's row never held: all but the office, the category and the digest of the mailbox.
WITHHELD = {name: "" for name, value in ERASED.items() if value == "" and name not in {"title", "category"}}

IS_ERASED = Q(**ERASED, **{f"{name}__isnull": True for name in ERASED_REFERENCES})
IS_WITHHELD = Q(
    **WITHHELD,
    wants_updates=False,
    user__isnull=True,
    email__isnull=True,
    name_behind__isnull=True,
    verification__isnull=True,
    authority__isnull=True,
    updates_agreed_at__isnull=True,
)
# Not shown in full, in clear, bound, and of nobody whose account holds the name besides.
MAY_BE_PUT_AWAY = (
    Q(state__in=["accepted", "superseded"], name_behind__isnull=True, user__isnull=True)
    & ~Q(display="full")
    & ~Q(name_binding="")
)
# What a name that is put away leaves in clear: initials at the most, where those are shown.
IS_PUT_AWAY = Q(original_name="", sort_key="", search_key="") & (Q(display="initials") | Q(display="hidden", name=""))

_OLD = ", ".join(f"OLD.{name}" for name in FROZEN)
_NEW = ", ".join(f"NEW.{name}" for name in FROZEN)
KEEP_IDENTITY = f"""
    IF NEW.erased_at IS NOT NULL OR (OLD.anonymised_at IS NULL AND NEW.anonymised_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    IF ({_OLD}) IS DISTINCT FROM ({_NEW})
       OR (NEW.name <> OLD.name AND NEW.name_behind IS NULL)
       OR (OLD.name_behind IS NOT NULL AND NEW.name_behind IS DISTINCT FROM OLD.name_behind) THEN
        RAISE EXCEPTION 'who signed stays as it was on the day of signing'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""

# A note or an answer may be emptied once its signature is erased or reduced; nothing else about it ever changes.
KEEP_UNLESS_ERASED = """
    IF TG_OP = 'UPDATE' AND NEW.{words} = ''
       AND to_jsonb(NEW) - '{words}' = to_jsonb(OLD) - '{words}'
       AND EXISTS (SELECT 1 FROM petitions_signature s WHERE s.id = {signature}
                   AND (s.erased_at IS NOT NULL OR s.anonymised_at IS NOT NULL)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Cannot % rows of %: they are kept as they were written', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
"""
KEEP_DECISION = KEEP_UNLESS_ERASED.format(words="note", signature="OLD.signature_id")
KEEP_SECOND_CHANNEL = KEEP_UNLESS_ERASED.format(words="what", signature="OLD.signature_id")
KEEP_ANSWER = KEEP_UNLESS_ERASED.format(
    words="text", signature="(SELECT d.signature_id FROM petitions_moderationdecision d WHERE d.id = OLD.decision_id)"
)
