"""The cost of understanding a report: `python -m benchmarks.discovery [--rounds N] [--json]`."""

import argparse
import json

from benchmarks.discovery import addresses, case_finding, order_reading, recognising


def main() -> None:
    """Prints a line for each step, and a JSON line."""
    parser = argparse.ArgumentParser(description="What it costs to understand a report.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="only the JSON line")
    options = parser.parse_args()
    figures = (
        order_reading.measure(options.rounds)
        | recognising.measure(options.rounds)
        | addresses.measure(options.rounds)
        | case_finding.measure()
    )
    if not options.json:
        print(
            f"read                          {figures['read_us']:>6} µs an order in its sender's format ({figures['read_slowest_us']} in the slowest)"
        )
        print(f"{figures['texts']} texts of {figures['characters']} characters on average")
        print(f"load the words and the model  {figures['load_ms']:>6} ms, once")
        print(
            f"recognise                     {figures['recognise_us']:>6} µs a text (budget {recognising.BUDGET_US})"
        )
        print(
            f"a point's grid                {figures['grid_at_us']:>6} µs, among {figures['grids']} polygons"
        )
        print(f"locate: the first address     {figures['locate_first_ms']:>6} ms, once")
        print(
            f"locate                        {figures['locate_us']:>6} µs an address (budget {addresses.BUDGET_US})"
        )
        for count in case_finding.OPEN_CASES:
            print(f"join, {count:>6} open cases       {figures[f'join_us_{count}']:>6} µs a report")
        print(f"take up an open case          {figures['take_up_us']:>6} µs")
    print(json.dumps(figures))


main()
