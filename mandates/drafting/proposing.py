"""What a case's status suggests: the kind of letter and the violations. The author decides."""

from cases.models import Case, StatusEvent
from mandates.models import Letter

Status = StatusEvent.Status
OVER = {Status.EXECUTED, Status.DIED_IN_CUSTODY, Status.RELEASED, Status.COMMUTED}
LIKELY_VIOLATIONS = {
    Status.EXECUTION_IMMINENT: ["imminent-execution", "death-sentence-unfair-trial"],
    Status.DEATH_ROW: ["death-sentence-unfair-trial"],
    Status.DEATH_ROW_NOT_FINAL: ["death-sentence-unfair-trial"],
    Status.RETRIAL_REFUSED: ["imminent-execution", "death-sentence-unfair-trial"],
    Status.EXECUTED: ["execution-carried-out"],
    Status.DIED_IN_CUSTODY: ["death-in-custody"],
    Status.ARRESTED: ["arbitrary-detention"],
    Status.HELD: ["arbitrary-detention"],
    Status.ON_TRIAL: ["unfair-trial"],
}


def propose_kind(case: Case) -> str:
    """An urgent appeal while something can still be prevented, else an allegation letter (OHCHR, communications)."""
    status = case.current_status
    is_over = status is not None and status.status in OVER
    return Letter.Kind.ALLEGATION_LETTER if is_over else Letter.Kind.URGENT_APPEAL


def propose_violations(case: Case) -> list[str]:
    """Slugs of the violations that the case's status suggests."""
    status = case.current_status
    return LIKELY_VIOLATIONS.get(Status(status.status), []) if status else []
