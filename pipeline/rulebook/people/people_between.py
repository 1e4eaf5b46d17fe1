"""Checks of `people/<street>.yaml` against the other files: the street, its teams and roles, and who may act in which matter."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.rulebook.people.people_files import street_of
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.people_tables import OfficerEntry, PeopleTable
from pipeline.rulebook.tables.roster_tables import RosterTable
from pipeline.rulebook.tables.rule_tables import PolicyTable, RolesTable, StreetsTable


def check_street(page: Filled[PeopleTable], streets: Filled[StreetsTable]) -> Iterator[Problem]:
    """There must be such a street."""
    codes = [street.code for street in streets.table.streets]
    if street_of(page) not in codes:
        wrong = f"no such street: {street_of(page)}"
        yield page.problem((), wrong, "a file for a street of streets.yaml")


def check_teams(page: Filled[PeopleTable], roster: Filled[RosterTable]) -> Iterator[Problem]:
    """Each officer must be of a team of the street."""
    teams = teams_of(street_of(page), roster.table)
    for number, officer in enumerate(page.table.officers):
        if officer.team not in teams:
            wrong = f"no such team: {officer.team}"
            yield page.problem(("officers", number, "team"), wrong, ", ".join(teams))


def teams_of(street: str, roster: RosterTable) -> Sequence[str]:
    """The ids of the groups, the posts, and the squads of that street."""
    squads = (squad.id for local in roster.squads if local.street == street for squad in local.squads)
    return (*(team.id for team in (*roster.groups, *roster.posts)), *squads)


def check_posts(
    page: Filled[PeopleTable], roles: Filled[RolesTable], policy: Filled[PolicyTable]
) -> Iterator[Problem]:
    """Who has a role of a post must be of that post."""
    posts = {role: str(getattr(policy.table, field)) for role, field in roles.table.of_post.items()}
    for number, officer in enumerate(page.table.officers):
        for role in sorted(officer.roles):
            if role in posts and officer.team != posts[role]:
                wrong = f"the role {role} in {officer.team}"
                yield page.problem(("officers", number, "roles"), wrong, f"the role {role} in {posts[role]}")


def check_covered(page: Filled[PeopleTable], matters: Filled[MattersTable]) -> Iterator[Problem]:
    """Each matter that a certificate covers must be one."""
    codes = {matter.code for matter in matters.table.matters}
    for number, officer in enumerate(page.table.officers):
        for place, certificate in enumerate(officer.certificates):
            for nth, code in enumerate(certificate.covers):
                if code not in codes:
                    at = ("officers", number, "certificates", place, "covers", nth)
                    yield page.problem(at, f"no such matter: {code}", "a matter of matters.yaml")


def check_leads(
    page: Filled[PeopleTable], matters: Filled[MattersTable], policy: Filled[PolicyTable]
) -> Iterator[Problem]:
    """Each team must have officers who may act in the matters that it leads, as many as the law asks for (行政处罚法 42)."""
    least = policy.table.officers_min
    led: dict[str, list[str]] = {}
    for matter in matters.table.matters:
        led.setdefault(matter.lead, []).append(matter.code)
    for team, codes in led.items():
        certified = certified_of(page.table, team, codes)
        for count in sorted(set(certified.values())):
            if count < least:
                short = ", ".join(code for code in codes if certified[code] == count)
                wrong = f"{team} has {count} certified for {short}"
                allowed = f"at least {least} on {page.table.as_of} (officers_min)"
                yield page.problem(("officers",), wrong, allowed)


def certified_of(table: PeopleTable, team: str, codes: Sequence[str]) -> Mapping[str, int]:
    """Of each matter, how many of the team may act in it on the day of the file."""
    officers = [officer for officer in table.officers if officer.team == team]
    return {code: sum(_may(officer, code, table) for officer in officers) for code in codes}


def _may(officer: OfficerEntry, code: str, table: PeopleTable) -> bool:
    return any(
        one.since <= table.as_of <= one.until and (not one.covers or code in one.covers)
        for one in officer.certificates
    )
