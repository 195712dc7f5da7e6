"""Words of the screens, in the language in force."""

from collections.abc import Mapping

from bioloom.app.jobs import State
from bioloom.run.language import mark, tr

STATES: Mapping[State, str] = {
    "waiting": mark("waiting"),
    "running": mark("running"),
    "done": mark("done"),
    "failed": mark("failed"),
    "stopped": mark("stopped"),
    "interrupted": mark("interrupted"),
}
REFUSALS: Mapping[int, str] = {
    400: mark("This request cannot be understood."),
    401: mark(
        "This browser has not been let in. Open the address that `bioloom app` printed "
        "in its terminal; it lets one browser in. It prints the next one as soon as "
        "that has been used."
    ),
    403: mark("This request does not come from a page of this application."),
    404: mark("There is no such page, file or job."),
    413: mark("This request is too long."),
    415: mark("Only plain forms are taken; files are chosen here, not uploaded."),
    421: mark("This application does not answer to this name."),
}


def state_words() -> dict[str, str]:
    """What the states of a job are called."""
    return {state: tr(word) for state, word in STATES.items()}


def page_words() -> dict[str, str]:
    """Words of all screens."""
    return {**_frame(), **_start(), **_form(), **_job(), **_files(), **_lincrna()}


def _frame() -> dict[str, str]:
    return {
        "skip": tr("Skip to the content"),
        "start": tr("Start"),
        "files": tr("Files"),
        "lessons": tr("Lessons"),
        "main_job": tr("lincRNAs from reads"),
        "language": tr("Language"),
        "sections": tr("Sections"),
        "footer": tr(
            "bioloom {version} on this computer. Nothing is sent to a network; closing "
            "this page stops nothing.",
            version="{version}",
        ),
        "refused": tr("Refused"),
        "back_to_start": tr("Back to the start"),
    }


def _start() -> dict[str, str]:
    return {
        "lead": tr(
            "Choose a job, fill in its form, and watch it run. Each job is one "
            "command, which is shown and can be copied."
        ),
        "main_title": tr("From sequencing reads to lincRNAs"),
        "main_text": tr(
            "The main job, step by step: choose the folder with the reads, check the "
            "samples, choose genome and genes, run."
        ),
        "main_begin": tr("Begin"),
        "rooms": tr("All jobs"),
        "more": tr("Beside the rooms"),
        "queue": tr("Jobs"),
        "no_jobs": tr("No job yet."),
        "job": tr("Job"),
        "state": tr("State"),
        "asked": tr("Asked for"),
        "time": tr("Time"),
        "lessons_lead": tr(
            "Lessons play the workings behind the numbers step by step, with parts to "
            "move. Each is made when it is opened, which takes some seconds."
        ),
        "open_lesson": tr("Open the lesson"),
    }


def _form() -> dict[str, str]:
    return {
        "needed": tr("Needed"),
        "usual": tr("Often changed"),
        "advanced": tr("All other settings"),
        "required": tr("required"),
        "example": tr("e.g. {value}", value="{value}"),
        "shown_here": tr("empty: the result is shown on the page of the job"),
        "one_a_line": tr("One value a line."),
        "leave": tr("as usual"),
        "yes": tr("yes"),
        "no": tr("no"),
        "choose": tr("Choose …"),
        "close": tr("Close"),
        "command": tr("The command"),
        "command_text": tr("Runs in {folder}.", folder="{folder}"),
        "copy_line": tr("Copy"),
        "copied": tr("Copied"),
        "run": tr("Run"),
        "wrong": tr("Not yet right"),
        "replace": tr("Replace files that exist"),
        "no_settings": tr("This job has no settings."),
    }


def _job() -> dict[str, str]:
    return {
        "progress": tr("Progress"),
        "steps": tr("Steps"),
        "step_of": tr("{done} of {total}", done="{done}", total="{total}"),
        "stop": tr("Stop"),
        "stop_at_once": tr("Stop at once"),
        "stopping": tr("It has been asked to stop and is tidying up."),
        "resume": tr("Resume"),
        "run_again": tr("Run again"),
        "change": tr("Change settings"),
        "resume_text": tr(
            "The same command resumes where it stopped, where it works in steps; "
            "otherwise it begins anew."
        ),
        "waits": tr("It starts when the jobs before it are over."),
        "messages": tr("Messages"),
        "output": tr("Result as text"),
        "save_output": tr("Save as a file"),
        "result": tr("Result"),
        "open_report": tr("Open the report"),
        "tables": tr("Tables"),
        "other_files": tr("Other files"),
        "run_folder": tr("Folder of the run"),
        "explain": tr("Explain"),
        "explain_text": tr(
            "Shows the working behind one result. Type its name as the report has it."
        ),
        "explain_item": tr("What"),
        "explain_run": tr("Explain"),
        "exit_code": tr("exit code {code}", code="{code}"),
        "killed": tr(
            "It was ended from outside, for instance because the computer was switched "
            "off. What it had finished is still there."
        ),
    }


def _files() -> dict[str, str]:
    return {
        "name": tr("Name"),
        "size": tr("Size"),
        "changed": tr("Changed"),
        "up": tr("One folder up"),
        "empty": tr("This folder is empty."),
        "take_folder": tr("Take this folder"),
        "download": tr("Download"),
        "roots": tr("Folders of this application"),
        "no_upload": tr(
            "These are files of the computer that bioloom runs on. Nothing is "
            "uploaded, and nothing is deleted here."
        ),
        "choose_file": tr("Choose a file or folder"),
        "many": tr("Only the first {n} entries are listed.", n="{n}"),
    }


def _lincrna() -> dict[str, str]:
    return {
        "step_reads": tr("1. Reads"),
        "step_samples": tr("2. Samples"),
        "step_checks": tr("3. Checks"),
        "reads_text": tr(
            "Choose the folder with the FASTQ files. Samples, pairs and lanes are "
            "guessed from the names of the files; the next screen shows them."
        ),
        "reads_folder": tr("Folder with reads"),
        "find_samples": tr("Find the samples"),
        "samples_text": tr(
            "Check each row. Several files of one field, separated by commas, are "
            "lanes of the sample. The condition is what groups of samples differ in; "
            "leave it empty for all if there is none. Rows without a name are left out."
        ),
        "sample": tr("Sample"),
        "condition": tr("Condition"),
        "fastq_1": tr("Read 1"),
        "fastq_2": tr("Read 2"),
        "strandness": tr("Strandness"),
        "kind": tr("Kind"),
        "reference": tr("Genome and results"),
        "project": tr("Folder for the project"),
        "project_text": tr(
            "config.yaml and samples.tsv are written into it, and below it the results."
        ),
        "compare": tr("Test which genes differ between the conditions"),
        "write": tr("Write the configuration"),
        "checks_text": tr(
            "Three checks before the run; none of them changes a file. Then start it."
        ),
        "check_programs": tr("Programs"),
        "check_annotation": tr("What is understood of the annotation"),
        "check_plan": tr("Files and steps of the run"),
        "check": tr("Check"),
        "passed": tr("in order"),
        "not_passed": tr("not in order"),
        "cores": tr("Processors"),
        "start_run": tr("Start the run"),
        "edit_config": tr(
            "All other settings are in {path}, each with its meaning; it can be edited "
            "with any text editor.",
            path="{path}",
        ),
    }
