"""The report of a run, in JSON, and its last line."""

import json
import platform
import shutil
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embedded.machine import ROOT
from tests.chaos.cluster import Cluster
from tests.chaos.facts import read_rows
from tests.chaos.journal import read_journal
from tests.chaos.judge import judge, recoveries, spread, windows
from tests.chaos.trial import Finding

REPORT = ROOT / "var" / "reports" / "chaos-letters.json"


def last_line(findings: Sequence[Finding]) -> str:
    counts = Counter(finding.outcome for finding in findings)
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    return f"{counts['passed']} passed, {counts['failed']} failed{skipped}"


def versions(cluster: Cluster) -> dict[str, str]:
    packages = {name: version(name) for name in ("django", "celery", "kombu", "redis", "psycopg")}
    engines = [engine.plan.title for engine in (cluster.database, cluster.broker) if engine is not None]
    return {"python": platform.python_version(), **packages, **dict(title.split(" ", 1) for title in engines)}


def faults_by_kind(cluster: Cluster) -> dict[str, int]:
    """Deaths and freezes from the fault log, the mail server's own from its counts."""
    counts: Counter[str] = Counter()
    log = cluster.folder / "faults.jsonl"
    if log.exists():
        for line in log.read_text().splitlines():
            fault = json.loads(line)
            counts[" at ".join(str(fault[name]) for name in ("kind", "point") if name in fault)] += 1
    if cluster.sink is not None:
        counts.update({f"smtp {name}": number for name, number in cluster.sink.state()["faults"].items()})
    return dict(sorted(counts.items()))


def figures_of(cluster: Cluster, *, seconds: float) -> dict[str, Any]:
    """Every letter of the run, without those of the controls, against the whole journal."""
    rows = read_rows(cluster, cluster.judged)
    acceptances = read_journal(cluster.folder / "journal.jsonl")
    verdict = judge(rows, acceptances, others_may_be_there=True)
    by_outage = {
        name: spread(recoveries([at for kind, at in cluster.outages if kind == name], acceptances))
        for name in sorted({kind for kind, _at in cluster.outages})
    }
    return {
        **verdict.figures,
        "window": spread(windows(rows)),
        "recovery": by_outage,
        "letters_per_second": round(verdict.letters / seconds, 1) if seconds else 0.0,
    }


def write_report(cluster: Cluster, findings: Sequence[Finding], *, seed: int, seconds: float) -> Path:
    report = {
        "seed": seed,
        "seconds": round(seconds, 1),
        "versions": versions(cluster),
        "scale": vars(cluster.waits),
        "faults": faults_by_kind(cluster),
        "all_letters": figures_of(cluster, seconds=sum(finding.seconds for finding in findings if finding.is_judged)),
        "scenarios": [finding.facts for finding in findings if finding.is_judged],
        "controls": [finding.facts for finding in findings if not finding.is_judged],
    }
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1, default=str) + "\n")
    return REPORT


def keep_logs(cluster: Cluster) -> Path:
    """Logs, journal and fault log of a run that failed, where they outlive it."""
    kept = REPORT.parent / "chaos-logs"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(cluster.folder / "log", kept)
    for name in ("journal.jsonl", "mainlog", "faults.jsonl", "tasks.jsonl"):
        if (cluster.folder / name).exists():
            shutil.copy(cluster.folder / name, kept / name)
    return kept
