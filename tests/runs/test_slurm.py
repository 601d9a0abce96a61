"""The README's lines for Slurm, as far as the script that they would hand to it."""

import re
import subprocess
import sys

import pytest

from course_utils.files import PROJECT_FOLDER

README = (PROJECT_FOLDER / "README.md").read_text(encoding="utf-8")
# In place of asking Slurm for machines: show what it would be asked with. Then Enter is pressed.
AROUND = """
from dask_jobqueue import SLURMCluster
clusters = []
ask, SLURMCluster.scale = SLURMCluster.scale, lambda self, n=0, jobs=0: (
    ask(self, 0) if not jobs else clusters.append(self) or print(jobs, "jobs", self.job_script())
)
input = print
exec({code!r})
clusters[0].close()
"""


@pytest.mark.slow
def test_the_script_for_slurm_asks_for_a_gpu_and_starts_a_worker_that_declares_it() -> None:
    (code,) = re.findall(r"```python\n(from dask_jobqueue.*?)```", README, re.DOTALL)
    command = [sys.executable, "-c", AROUND.format(code=code)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    script = ended.stdout
    assert script.startswith("8 jobs #!/usr/bin/env bash")
    for line in ("#SBATCH -p gpu", "#SBATCH -t 04:00:00", "#SBATCH --gres=gpu:1"):
        assert f"\n{line}\n" in script
    (worker,) = (line for line in script.splitlines() if "dask_worker" in line)
    (address,) = re.findall(r"--cluster (\S+)", script)
    assert address in worker
    assert "--nthreads 1" in worker
    assert "--resources GPU=1" in worker
