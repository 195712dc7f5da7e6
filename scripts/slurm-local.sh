#!/bin/sh
# A Slurm of one node on this machine, for tests: slurm-local.sh up|down (as root).
# Needs slurm-wlm and munge; no accounting, no cgroups, no systemd. It writes
# /etc/slurm/slurm.conf (Slurm's job step looks nowhere else) and refuses to replace one
# that it did not write.
set -eu

conf=/etc/slurm/slurm.conf
state=/var/lib/slurm-local
mark="# written by bioloom's scripts/slurm-local.sh"
host=$(hostname -s)

up() {
    if [ -e "$conf" ] && ! grep -qxF "$mark" "$conf"; then
        echo "$conf is another Slurm's: left as it is" >&2
        exit 1
    fi
    getent hosts "$host" >/dev/null || echo "127.0.0.1 $host" >>/etc/hosts
    mkdir -p "$state/ctld" "$state/d"
    memory_mb=$(awk '/^MemTotal/ {print int($2 / 1024 * 0.9)}' /proc/meminfo)
    cat >"$conf" <<END
$mark
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
StateSaveLocation=$state/ctld
SlurmdSpoolDir=$state/d
SlurmctldPidFile=$state/slurmctld.pid
SlurmdPidFile=$state/slurmd.pid
SlurmctldLogFile=$state/slurmctld.log
SlurmdLogFile=$state/slurmd.log
ReturnToService=2
MinJobAge=600
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory_mb
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE
END
    start_munge
    slurmctld
    slurmd
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        sinfo -h -o %T 2>/dev/null | grep -q idle && exit 0
        sleep 1
    done
    echo "Slurm did not come up: see $state/*.log" >&2
    exit 1
}

start_munge() {
    munge -n >/dev/null 2>&1 && return
    mkdir -p /run/munge
    chown munge: /run/munge
    chmod 755 /run/munge
    runuser -u munge -- /usr/sbin/munged
}

down() {
    for daemon in slurmd slurmctld; do
        [ ! -s "$state/$daemon.pid" ] || kill "$(cat "$state/$daemon.pid")" || true
    done
    ! grep -qxF "$mark" "$conf" 2>/dev/null || rm -f "$conf"
}

case "${1:-}" in
up) up ;;
down) down ;;
*)
    echo "usage: slurm-local.sh up|down" >&2
    exit 2
    ;;
esac
