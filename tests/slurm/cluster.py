"""A Slurm of one machine, its own: daemons on loopback, all files in one folder.

It needs root and Debian's slurmctld, slurmd, slurm-client and munge. While it runs,
/etc/slurm holds links to its configuration: jobs of Snakemake's find it nowhere else
(its executor removes SLURM_CONF from their environment).
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

ETC = Path("/etc/slurm")
FILES = ("slurm.conf", "gres.conf", "cgroup.conf")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged", "mungekey")

SLURM_CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort=17817
SlurmdPort=17818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=2,sched_min_interval=0,batch_sched_delay=0,bf_interval=2
GresTypes=gpu
EnforcePartLimits=ALL
MailProg=/bin/true
SlurmdParameters=config_overrides
ReturnToService=2
# Records of finished jobs stay for the whole test.
MinJobAge=7200
KillWait=2
AccountingStorageType=accounting_storage/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=64000 {gres} State=UNKNOWN
PartitionName=cpu Nodes={host} Default=YES DefMemPerCPU=500 MaxTime=INFINITE State=UP
PartitionName=gpu Nodes={host} DefMemPerCPU=500 MaxTime=INFINITE State=UP
"""


def lacking():
    """Return why a Slurm cannot be started here; empty where it can."""
    if os.geteuid() != 0:
        return "starting Slurm's daemons needs root"
    absent = [name for name in PROGRAMS if not shutil.which(name)]
    if absent:
        return f"{', '.join(absent)} not installed (Debian: slurmctld slurmd munge)"
    if (ETC / "slurm.conf").exists():
        return f"{ETC}/slurm.conf is there: this machine has a Slurm of its own"
    return ""


class Cluster:
    """A running Slurm with the partitions ``cpu`` and ``gpu``.

    Parameters
    ----------
    folder : Path
        For its configuration, state and logs; a short path, since sockets lie in it.
    gpus : int
        How many GPUs its node is said to have: null devices.
    """

    def __init__(self, folder, gpus):
        self.folder = Path(folder)
        self._configure(gpus)
        self._started = []
        self._start_munge()
        for daemon in ("slurmctld", "slurmd"):
            self._spawn(daemon, "-D")
        self._wait_for(self._is_ready, 60)

    def _configure(self, gpus):
        for name in ("state", "spool", "devices"):
            (self.folder / name).mkdir()
        host = socket.gethostname().split(".")[0]
        gres = f"Gres=gpu:{gpus}" if gpus else ""
        text = SLURM_CONF.format(host=host, folder=self.folder, gres=gres)
        (self.folder / "slurm.conf").write_text(text)
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        lines = ["AutoDetect=off"]
        for number in range(gpus):
            device = self.folder / "devices" / f"gpu{number}"
            os.mknod(device, 0o20666, os.makedev(1, 3))
            lines.append(f"NodeName={host} Name=gpu File={device}")
        (self.folder / "gres.conf").write_text("\n".join(lines) + "\n")
        ETC.mkdir(exist_ok=True)
        for name in FILES:
            (ETC / name).unlink(missing_ok=True)
            (ETC / name).symlink_to(self.folder / name)

    def _start_munge(self):
        key = self.folder / "munge.key"
        subprocess.run(["mungekey", "--create", f"--keyfile={key}"], check=True)
        files = {
            "socket": "munge.socket",
            "key-file": "munge.key",
            "pid-file": "munge.pid",
            "log-file": "munge.log",
            "seed-file": "munge.seed",
        }
        options = [f"--{name}={self.folder / file}" for name, file in files.items()]
        # The folder of a test is not as closed as munge wants it: hence --force.
        self._spawn("munged", "--foreground", "--force", *options)
        self._wait_for((self.folder / "munge.socket").exists, 20)

    def _spawn(self, *command):
        log = open(self.folder / f"{command[0]}.out", "w")
        self._started.append(subprocess.Popen(command, stdout=log, stderr=log))

    def _wait_for(self, holds, seconds):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                self.stop()
                logs = "\n".join(
                    f"{log.name}:\n{log.read_text()[-1500:]}"
                    for log in sorted(self.folder.glob("*.log"))
                )
                raise RuntimeError(f"Slurm did not start in {seconds} s\n{logs}")
            time.sleep(0.2)

    def _is_ready(self):
        return self.ask("sinfo", "-h", "-o", "%T").strip() in ("idle", "mixed")

    def ask(self, *command):
        """Return what a command of Slurm prints."""
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout

    def jobs(self):
        """Return Slurm's records of all jobs, each as a dictionary of its fields."""
        records = self.ask("scontrol", "show", "job", "-o").splitlines()
        return [
            dict(field.partition("=")[::2] for field in record.split() if "=" in field)
            for record in records
            if record.startswith("JobId=")
        ]

    def stop(self):
        """Stop the daemons, and the jobs with them."""
        self.ask("scancel", "--user=root", "--full")
        for process in reversed(self._started):
            process.terminate()
        for process in self._started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in FILES:
            (ETC / name).unlink()
