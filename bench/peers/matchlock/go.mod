module vfs-server-bench/matchlock

go 1.25
