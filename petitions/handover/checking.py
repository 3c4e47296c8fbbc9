"""Building a dossier again, to see that it comes out byte for byte."""

from dataclasses import dataclass, field

from django.utils import timezone

from petitions.handover import lists, manifest, ordering, steps
from petitions.handover.store import hash_of, trial_folder
from petitions.models import Handover

# As many names are put in order again while somebody waits for the page.
MOST_AT_ONCE = 20_000


@dataclass(frozen=True)
class Check:
    """`same` and `different` name files; `gone` counts signatories in it then who do not count now."""

    same: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    gone: int = 0

    @property
    def is_same(self) -> bool:
        return not self.different


def check_again(handover: Handover) -> Check:
    """Makes each file of a built dossier again, in a folder thrown away after, and compares the hashes.

    Call it in a transaction: the lines it writes are gone before the end, and when it is killed they never were. It
    writes to no other row, so that whoever takes a name back meanwhile need not wait.

    The annex is encrypted anew each time and cannot be compared, nor then what names its hash.
    """
    known = dict(handover.files.filter(is_annex=False).values_list("name", "sha256"))
    if handover.files.filter(is_annex=True).exists():
        known = {name: known[name] for name in known if name not in {manifest.MANIFEST, manifest.ARCHIVE}}
    trial = Handover.objects.select_related("statement", "version__statement").get(pk=handover.pk)
    trial.is_sorted, trial.sorted_at, trial.sorted_up_to = False, None, 0
    check = _compare(trial, known)
    ordering.forget_order(handover)
    return check


def _compare(trial: Handover, known: dict[str, str]) -> Check:
    then = int(trial.figures["counted"])
    while not trial.is_sorted:
        ordering.place_some(trial)
    with trial_folder() as folder:
        figures = lists.write_lists(trial, folder, beat=lambda: None)
        if figures == trial.figures:
            for name in steps.file_names(trial)[2:]:
                if name in known:
                    steps.make(trial, folder, name, into=folder, now=timezone.now())
        made = {path.name: hash_of(path)[0] for path in folder.iterdir()}
    different = sorted(name for name in known if made.get(name) != known[name])
    return Check(sorted(set(known) - set(different)), different, max(0, then - int(figures["counted"])))
