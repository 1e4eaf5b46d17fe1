"""The six conditions of `docs/delivery.md`, each broken on purpose, for the simulation to find.

Most are broken in what the worker is given (`Broken`, see `faults`). Here is what a broken worker would read of its own log.
"""

import json

from msgspec.structs import replace

from schemas import topics
from schemas.wire import codecs
from tests.chaos.simulated.cluster.brokers import Doctor
from tests.chaos.simulated.cluster.log import Place, Record
from tests.chaos.simulated.cluster.network import Network
from tests.chaos.simulated.faults import Broken

CONDITIONS = {
    "1 position: resumes at the group's offsets": Broken(resumes_at_group_offsets=True),
    "2 opening: restores before it fences": Broken(fences_late=True, trusts_ends=True),
    "2 opening: waits for nobody's transaction": Broken(waits_for_nobody=True, trusts_ends=True),
    "3 ownership: thinks itself always the owner": Broken(is_always_fresh=True),
    "4 sequence: sees no gap in the journal": Broken(sees_no_gap=True, mode="loss"),
    "5 doubt: believes every commit that reports success": Broken(
        believes_every_commit=True, often=(("commit applied, answer lost", 0.5),)
    ),
    "5 doubt: keeps its state though another wrote": Broken(
        overlooks_others=True,
        trusts_ends=True,
        often=(("commit applied, answer lost", 0.5), ("freeze before fencing", 0.3)),
    ),
    "6 idle: holds its transaction open until the next batch": Broken(holds_transactions=True),
    "older copy: forgets how far the log reached": Broken(forgets_log=True, mode="older"),
    "state deleted: goes on with what memory holds": Broken(overlooks_deletion=True, mode="deleted"),
    "state deleted: keeps no state": Broken(keeps_no_state=True, mode="deleted"),
    "partitions added: does not look how many there are": Broken(overlooks_partitions=True, mode="added"),
    "rolling change: names other rules than it decides by": Broken(names_other_rules=True),
    "silent broker: waits 40 s for every answer": Broken(waits_long=True, mode="silence"),
    "silent broker: watches from the thread that waits for it": Broken(
        looks_where_it_waits=True, mode="silence"
    ),
    "silent broker: takes a commit without answer for done": Broken(
        takes_silence_for_success=True, mode="frozen"
    ),
}


def doctor_of(broken: Broken, network: Network) -> Doctor | None:
    """What a worker broken so makes of the records that it restores from; None where it reads them as they are."""
    if broken.resumes_at_group_offsets:
        return lambda place, record: _at_group_offsets(network, place, record)
    if broken.sees_no_gap:
        return lambda place, record: _without_gap(network, place, record)
    return None


def _at_group_offsets(network: Network, place: Place, record: Record) -> Record:
    if record.key != topics.POSITION_KEY or not record.value:
        return record
    position = codecs.POSITION.decode(record.value)
    inputs = tuple(
        replace(one, next_offset=min(one.next_offset, network.group_offsets.get((one.topic, place[1]), 0)))
        for one in position.inputs
    )
    return record._replace(value=codecs.POSITION.encode(replace(position, inputs=inputs)))


def _without_gap(network: Network, place: Place, record: Record) -> Record:
    """The journal's last entries are given the numbers that the position wants to see."""
    topic, number = place
    if topic != topics.JOURNAL or not record.value:
        return record
    journal, _ = network.log.partitions[place].visible(0, 100_000)
    cases, _ = network.log.partitions[topics.CASES, number].visible(0, 100_000)
    positions = [case.value for case in cases if case.key == topics.POSITION_KEY and case.value]
    wanted = codecs.POSITION.decode(positions[-1]).seq if positions else len(journal)
    behind = sum(one.offset > record.offset for one in journal)
    entry = json.loads(record.value) | {"seq": wanted - behind}
    return record._replace(value=json.dumps(entry).encode())
