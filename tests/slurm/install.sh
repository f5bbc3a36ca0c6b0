#!/usr/bin/env bash
# Debian's packages of Slurm; none of their services is started.
set -euo pipefail
packages="slurmctld slurmd slurm-client munge"
if dpkg --status $packages >/dev/null 2>&1; then exit 0; fi
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod 755 $policy
  trap 'rm -f $policy' EXIT
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove \
  $packages >/dev/null
