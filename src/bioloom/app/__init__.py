"""A local web application over the commands: choose, run, stop, resume, read.

It runs the very command line that it shows, as a process of its own; nothing is
computed here. `roots` and `security` fence it in, `commands` and `forms` make forms of
the commands, `jobs`, `worker` and `queue` run them, and `pages`, `browsing`, `opening`
and `lincrna` are the screens.
"""
