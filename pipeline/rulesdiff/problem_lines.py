"""How the `rules` commands print what is wrong with a folder of rules: a line each for people, one object for programs."""

import json

import click

from pipeline.rulebook import BadRules


def echo_problems(why: BadRules, *, as_json: bool) -> None:
    """People read the lines on standard error, as compilers print them; programs read one JSON object."""
    if as_json:
        problems = [problem._asdict() for problem in why.problems]
        click.echo(json.dumps({"problems": len(problems), "found": problems}, ensure_ascii=False))
    else:
        for problem in why.problems:
            click.echo(problem.spoken(), err=True)
