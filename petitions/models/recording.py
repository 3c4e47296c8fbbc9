"""The trigger on signatures that writes the public log: nothing that moves a signature can forget its entry.

docs/receipts.md gives the exact bytes of an opening and of its commitment; petitions/transparency/leaves.py builds the
same ones again from the row.
"""

# What of a signature is committed to: each field as its name, the length of its value in bytes, the value.
_FIELDS = (
    ("receipt", "s.id::text"),
    ("name", "coalesce(nullif(s.name_binding, ''), s.name)"),
    ("language", "s.text_language"),
    ("proof", "s.proof"),
    ("proved_on", "coalesce(to_char(s.proved_on, 'YYYY-MM-DD'), '')"),
)
_OPENING = " || ".join(
    ["E'countersign-opening 1\\n'"]
    + [
        f"'{name} ' || octet_length(convert_to({value}, 'UTF8')) || E'\\n' || {value} || E'\\n'"
        for name, value in _FIELDS
    ]
)

# A return to the count is counted again. Who signs a newer version withdraws from the older and is counted below the
# newer. Whoever loses or changes the name loses the nonces too: the commitment could
# no longer be opened, and whoever knew its nonce could try names on it. A name that is put away is not lost.
RECORD_MOVE = f"""
    counts_before := TG_OP <> 'INSERT' AND OLD.state = 'accepted';
    counts_after := TG_OP <> 'DELETE' AND NEW.state = 'accepted';
    is_moved := TG_OP = 'UPDATE' AND (OLD.version_number, OLD.text_sha256) <> (NEW.version_number, NEW.text_sha256);
    IF counts_before AND (is_moved OR NOT counts_after) THEN
        s := OLD;
        kind := CASE WHEN TG_OP = 'UPDATE' AND NEW.state IN ('withdrawn', 'superseded')
                     THEN 'withdrawn' ELSE 'removed' END;
        nonce := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        INSERT INTO petitions_logentry
            (signature_id, statement_id, version_number, text_sha256, kind, day, proof, proved_on, nonce, commitment)
        VALUES (s.id, s.statement_id, s.version_number, s.text_sha256, kind, (now() AT TIME ZONE 'UTC')::date,
            s.proof, s.proved_on, nonce, sha256(nonce || convert_to({_OPENING}, 'UTF8')));
    END IF;
    IF counts_after AND (is_moved OR NOT counts_before) THEN
        s := NEW;
        nonce := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
        INSERT INTO petitions_logentry
            (signature_id, statement_id, version_number, text_sha256, kind, day, proof, proved_on, nonce, commitment)
        VALUES (s.id, s.statement_id, s.version_number, s.text_sha256, 'counted', (now() AT TIME ZONE 'UTC')::date,
            s.proof, s.proved_on, nonce, sha256(nonce || convert_to({_OPENING}, 'UTF8')));
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (
        OLD.name_binding <> NEW.name_binding OR (OLD.name <> NEW.name AND NEW.name_behind IS NULL)
    )) THEN
        UPDATE petitions_logentry e SET nonce = NULL WHERE e.signature_id = OLD.id AND e.nonce IS NOT NULL;
    END IF;
    RETURN NULL;
"""  # noqa: S608  names from this file only
RECORD_MOVE_VARIABLES = [
    ("counts_before", "boolean"),
    ("counts_after", "boolean"),
    ("is_moved", "boolean"),
    ("s", "petitions_signature%ROWTYPE"),
    ("kind", "text"),
    ("nonce", "bytea"),
]

# What an entry may live through: it is given its place once, and its nonce may be destroyed.
REFUSE_CHANGE_OF_ENTRY = """
    IF (OLD.id, OLD.signature_id, OLD.statement_id, OLD.version_number, OLD.text_sha256, OLD.kind, OLD.day, OLD.proof,
        OLD.commitment) IS DISTINCT FROM
       (NEW.id, NEW.signature_id, NEW.statement_id, NEW.version_number, NEW.text_sha256, NEW.kind, NEW.day, NEW.proof,
        NEW.commitment)
       OR OLD.proved_on IS DISTINCT FROM NEW.proved_on
       OR (OLD.place IS NOT NULL AND NEW.place IS DISTINCT FROM OLD.place)
       OR (NEW.nonce IS NOT NULL AND NEW.nonce IS DISTINCT FROM OLD.nonce) THEN
        RAISE EXCEPTION 'an entry of the log is never changed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
"""
