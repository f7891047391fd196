#!/bin/sh
# Runs a program in a root directory of its own, with served files at /workspace.
# Usage: run.sh ROOT PROJECT COMMAND [ARGUMENT...]
set -eu
vfs_server=${VFS_SERVER:-vfs-server}
root=$1 project=$2
shift 2

work=$(mktemp -d)
mkdir -p "$root/workspace"
trap '$vfs_server umount "$root/workspace" || true; kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# The rules of the server hold, whoever mounts what it serves.
$vfs_server --mount "/workspace=$project" --hide '.env*' --socket "$work/vfs.sock" --quiet &
server=$!
while [ ! -S "$work/vfs.sock" ]; do sleep 0.05; done
$vfs_server mount --connect "$work/vfs.sock" /workspace "$root/workspace" --daemon --quiet

unshare --mount --pid --fork --net chroot "$root" "$@"
