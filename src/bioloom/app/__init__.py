"""A local web application over the commands: choose, run, stop, resume, read.

It runs the very command line that it shows, as a process of its own; nothing is
computed here. `roots` and `security` fence it in; `commands`, `forms` and `arguments`
make forms of commands, and command lines of forms; `jobs`, `worker` and `queue` run
them; `pages`, `browsing`, `opening` and `lincrna` are the screens.
"""
