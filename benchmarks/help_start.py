"""CPU time of ``bioloom --help`` beside that of an empty click program.

    python benchmarks/help_start.py [RUNS]

Both are started in turn, each in a process of its own; medians of user and system time.
The aim is a ratio of 1.5.
"""

import resource
import statistics
import subprocess
import sys

EMPTY = "import click; click.command()(lambda: None)(['--help'])"
PROGRAMS = {
    "empty click program": [sys.executable, "-c", EMPTY],
    "bioloom --help": [sys.executable, "-m", "bioloom", "--help"],
    "bioloom mirna --help": [sys.executable, "-m", "bioloom", "mirna", "--help"],
}


def cpu_seconds(command: list[str]) -> float:
    """User and system time of a finished child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    n_runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(n_runs):
        for name, command in PROGRAMS.items():
            times[name].append(cpu_seconds(command))
    medians = {name: statistics.median(found) for name, found in times.items()}
    least = medians["empty click program"]
    for name, median in medians.items():
        print(f"{name:22} {1000 * median:6.0f} ms CPU  ratio {median / least:.2f}")


if __name__ == "__main__":
    main()
