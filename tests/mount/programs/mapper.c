/* Writes a file through shared mappings, and checks what every other way of looking at it shows. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 20 };

static void check(int ok, const char *what) {
  if (!ok) { perror(what); exit(1); }
}

int main(int argc, char **argv) {
  check(argc == 2, "usage");
  const char *path = argv[1];
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0644);
  check(fd >= 0, "open");
  check(ftruncate(fd, SIZE) == 0, "ftruncate");
  unsigned char *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  check(map != MAP_FAILED, "mmap");
  for (int i = 0; i < SIZE; i++) map[i] = (unsigned char)(i * 7 + i / 4096);
  unsigned char buffer[5000];
  check(pread(fd, buffer, sizeof buffer, 777) == sizeof buffer, "pread");
  check(memcmp(buffer, map + 777, sizeof buffer) == 0, "read after a mapped write");
  check(pwrite(fd, "written", 7, 123456) == 7, "pwrite");
  check(memcmp(map + 123456, "written", 7) == 0, "mapping after a write");
  pid_t child = fork();
  check(child >= 0, "fork");
  if (child == 0) {
    int other = open(path, O_RDWR);
    unsigned char *theirs = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);
    check(theirs != MAP_FAILED && theirs[4097] == map[4097], "mapping of a child");
    theirs[SIZE - 1] = 42;
    exit(0);
  }
  int status;
  check(waitpid(child, &status, 0) == child && status == 0, "child");
  check(map[SIZE - 1] == 42, "write of a child");
  check(msync(map, SIZE, MS_SYNC) == 0, "msync");
  unsigned char *private = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  check(private != MAP_FAILED, "private mapping");
  private[0] ^= 0xff;
  check(map[0] != private[0], "private write");
  check(munmap(map, SIZE) == 0 && munmap(private, SIZE) == 0 && close(fd) == 0, "close");

  fd = open(path, O_RDONLY);
  unsigned char *whole = malloc(SIZE);
  check(read(fd, whole, SIZE) == SIZE, "read back");
  check(whole[SIZE - 1] == 42 && memcmp(whole + 123456, "written", 7) == 0, "content");

  /* A mapping of a file without a name goes on working, and so do writes to it. */
  char gone[4096];
  snprintf(gone, sizeof gone, "%s.gone", path);
  int orphan = open(gone, O_RDWR | O_CREAT, 0600);
  check(orphan >= 0 && ftruncate(orphan, 8192) == 0 && unlink(gone) == 0, "orphan");
  char *last = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, orphan, 0);
  check(last != MAP_FAILED, "mapping of an orphan");
  memset(last, 'x', 8192);
  check(msync(last, 8192, MS_SYNC) == 0, "msync of an orphan");
  struct stat info;
  check(fstat(orphan, &info) == 0 && info.st_nlink == 0 && info.st_size == 8192, "fstat of an orphan");
  check(pread(orphan, buffer, 10, 8180) == 10 && buffer[9] == 'x', "read of an orphan");
  printf("mapped\n");
  return 0;
}
