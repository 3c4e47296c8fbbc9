"""All scenarios in their quick form on one cluster: `make chaos`."""

import time

from embedded.console import StopError, say
from tests.chaos import scenarios
from tests.chaos.cluster import Cluster
from tests.chaos.facts import patiently, read_rows
from tests.chaos.journal import read_journal
from tests.chaos.judge import judge
from tests.chaos.reporting import keep_logs, last_line, write_report
from tests.chaos.running import Orders
from tests.chaos.scenarios.rush import rush_of
from tests.chaos.scenarios.together import siege_of
from tests.chaos.trial import Finding, Scenario, all_scenarios

assert scenarios.__all__
WORKERS = 2


def play(cluster: Cluster, orders: Orders) -> int:
    """The exit code: 0 when everything passed or was skipped with its reason."""
    began = time.monotonic()
    at_work(cluster)
    chosen = choose(orders)
    findings = [_play_one(one, cluster, orders) for one in chosen]
    findings.append(_judge_all(cluster))
    write_report(cluster, findings, seed=orders.seed, seconds=time.monotonic() - began)
    if any(finding.complaints for finding in findings):
        say(f"The logs are kept in {keep_logs(cluster)}")
    say(last_line(findings))
    return int(any(finding.complaints for finding in findings))


def at_work(cluster: Cluster) -> None:
    """The site as it usually runs: workers and one beat, every one of them alive."""
    cluster.end("worker", "beat", "poller")
    for _ in range(WORKERS):
        cluster.start_worker()
    cluster.start_beat()
    cluster.wait_for_workers()


def choose(orders: Orders) -> list[Scenario]:
    """In the order of the plan; `siege` and `rush` play that and their controls."""
    if orders.command == "siege":
        return [siege_of(orders.letters), *(one for one in all_scenarios() if one.is_control and one.id <= "C5")]
    if orders.command == "rush":
        return [rush_of(orders.rush), *(one for one in all_scenarios() if one.id in {"C6", "C7"})]
    unknown = set(orders.only) - {one.id for one in all_scenarios()}
    if unknown:
        raise StopError(f"There is no scenario {', '.join(sorted(unknown))}.")
    chosen = [one for one in all_scenarios() if not orders.only or one.id in orders.only]
    return sorted(chosen, key=lambda one: (not one.id.startswith("L"), one.is_control, int(one.id[1:])))


def _judge_all(cluster: Cluster) -> Finding:
    """Every letter of every scenario once more, at the very end: nothing may have come afterwards."""
    finding = Finding("ALL", "every letter of the run, at its end")
    verdict = judge(
        read_rows(cluster, cluster.judged), read_journal(cluster.folder / "journal.jsonl"), others_may_be_there=True
    )
    finding.figures.update(verdict.figures)
    if not verdict.is_clean:
        finding.complaints.append(str(verdict))
    _tell(finding)
    return finding


def _play_one(one: Scenario, cluster: Cluster, orders: Orders) -> Finding:
    finding = one.run(cluster, cycles=orders.cycles, seed=orders.seed)
    _repair(cluster)
    _tell(finding)
    return finding


def _tell(finding: Finding) -> None:
    figures = ", ".join(
        f"{value} {name}" for name, value in finding.figures.items() if isinstance(value, int) and value
    )
    say(f"{finding.id:<5}{finding.outcome:<8}{finding.seconds:6.1f} s  {finding.title}: {figures}")
    for words in [*finding.complaints, *([finding.skipped] if finding.skipped else [])]:
        say(f"     {finding.outcome}: {words}")


def _repair(cluster: Cluster) -> None:
    """Whatever the last scenario left broken is whole again for the next."""
    for budget in [*cluster.folder.glob("kill/*"), *cluster.folder.glob("stop/*")]:
        budget.unlink()
    if cluster.sink is not None:
        cluster.sink.chances({})
        cluster.sink.script("*")
        cluster.sink.release()
        cluster.sink.offer_tls(False)
    if cluster.broker is None or not cluster.broker.is_running:
        cluster.start_broker()
    if cluster.database is None or not cluster.database.is_running:
        cluster.start_database()
    patiently(lambda: cluster.query("SELECT 1"))
    names = [child.name for child in cluster.children if child.is_running]
    if names.count("beat0") != 1 or sorted(name for name in names if name != "sink") != ["beat0", "worker0", "worker1"]:
        at_work(cluster)
