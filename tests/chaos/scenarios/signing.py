"""S8: a worker dies before the code of confirmation is out. Here a second mail is right, and a lost one is not."""

from collections import Counter

from outbox.models import Message
from tests.chaos.processes import wait_until
from tests.chaos.trial import Trial, scenario
from tests.outbox.factories import MessageFactory

POINTS = ("claimed", "rcpt", "mid_body", "after_dot", "after_250")


@scenario("S8", "die before the confirmation mail")
def die_before_code(trial: Trial) -> None:
    kills = max(2, trial.cycles // 2)
    for point in POINTS:
        trial.allow("kill", point, kills)
    wanted = [MessageFactory.create(kind="confirm_signature", priority=0) for _ in range(kills * len(POINTS) + 2)]
    over = Message.objects.filter(pk__in=[message.pk for message in wanted], state="sent")
    done = wait_until(lambda: over.count() == len(wanted), seconds=60)
    trial.must(done, f"every code leaves: {over.count()} of {len(wanted)} did")
    ids = {message.message_id for message in wanted}
    times = Counter(acceptance.message_id for acceptance in trial.acceptances() if acceptance.message_id in ids)
    trial.must(set(times) == ids, f"each is taken at least once: {len(ids) - len(times)} were not")
    trial.must(max(times.values(), default=0) <= 2, f"and at most twice, not {max(times.values(), default=0)} times")
    struck = sum(kills - trial.left("kill", point) for point in POINTS)
    trial.must(struck == kills * len(POINTS), f"{kills} workers die at each point: {struck} in all")
    trial.show(codes=len(wanted), kills=struck, sent_twice=sum(number == 2 for number in times.values()))
