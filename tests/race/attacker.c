/*
 * Exchanges pairs of names in a directory, as fast as the kernel can: attacker DIR A B [C D ...]
 * A directory that is a symbolic link a microsecond later is what a resolver must survive.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int dir = argc < 4 ? -1 : open(argv[1], O_PATH | O_DIRECTORY);
  if (dir < 0) return 1;
  puts("ready");
  fflush(stdout);
  for (;;)
    for (int i = 2; i + 1 < argc; i += 2)
      syscall(SYS_renameat2, dir, argv[i], dir, argv[i + 1], 2 /* RENAME_EXCHANGE */);
}
