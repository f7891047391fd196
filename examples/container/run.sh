#!/bin/sh
# Runs a program in a root directory of its own, with served files at /workspace.
# Usage: run.sh ROOT PROJECT COMMAND [ARGUMENT...]
set -eu
vfs_server=${VFS_SERVER:-vfs-server}
root=$1 project=$2
shift 2

work=$(mktemp -d)
mkdir -p "$root/workspace"
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# The rules of the server hold, whoever mounts what it serves.
$vfs_server --mount "/workspace=$project" --hide '.env*' --socket "$work/vfs.sock" --quiet &
server=$!
while [ ! -S "$work/vfs.sock" ]; do kill -0 "$server" 2>/dev/null; sleep 0.05; done
$vfs_server mount --connect "$work/vfs.sock" /workspace "$root/workspace" --daemon --quiet
trap '$vfs_server umount "$root/workspace" || true; kill "$server" || true; rm -rf "$work"' EXIT

# A chroot holds no root user: here the old root is gone, and so are all capabilities and the network.
unshare --mount --pid --ipc --uts --net --fork sh -euc '
  mount --rbind "$0" "$0"
  cd "$0"
  mkdir -p .host proc
  pivot_root . .host
  mount -t proc proc proc
  umount -l .host
  rmdir .host
  exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
' "$root" "$@"
