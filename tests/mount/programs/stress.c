/*
 * Many processes in one tree: stress PROCESSES SECONDS SEED, in the current directory. Each makes,
 * writes, reads, renames, links and removes files of its own among those of all others, in
 * directories that all share, and knows at every moment what must be there. Prints a line for
 * everything that is not so, and at the end how many operations there were.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { DIRECTORIES = 8, FILES = 40, LONGEST = 40000 };

struct file {
  int exists, directory, name;
  unsigned seed;
  int length;
};

static struct file files[FILES];
static int me;
static uint64_t state;
static long operations;
static unsigned char wanted[LONGEST], seen[LONGEST + 1];

static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static int upto(int limit) { return (int)(next() % (uint64_t)limit); }

static void fail(const char *what, const char *path) {
  printf("process %d, operation %ld: %s %s: %s\n", me, operations, what, path, strerror(errno));
  fflush(stdout);
  _exit(1);
}

static void path_of(char *path, int directory, int name) {
  sprintf(path, "shared%d/p%d-%d", directory, me, name);
}

static void content(const struct file *f) {
  unsigned value = f->seed;
  for (int i = 0; i < f->length; i++) wanted[i] = (unsigned char)((value = value * 1103515245u + 12345u) >> 16);
}

static void make(struct file *f) {
  char path[64];
  f->directory = upto(DIRECTORIES);
  f->name = (int)(f - files);
  f->seed = (unsigned)next();
  f->length = upto(8) ? upto(3000) : upto(LONGEST);
  path_of(path, f->directory, f->name);
  int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
  if (fd < 0) fail("create", path);
  content(f);
  if (write(fd, wanted, f->length) != f->length) fail("write", path);
  if (close(fd) != 0) fail("close", path);
  f->exists = 1;
}

static void verify(struct file *f) {
  char path[64];
  path_of(path, f->directory, f->name);
  int fd = open(path, O_RDONLY);
  if (fd < 0) fail("open", path);
  ssize_t n = read(fd, seen, sizeof seen);
  content(f);
  if (n != f->length || memcmp(seen, wanted, n) != 0) fail("content of", path);
  struct stat info;
  if (fstat(fd, &info) != 0 || info.st_size != f->length || info.st_nlink != 1) fail("stat of", path);
  close(fd);
}

static void move(struct file *f) {
  char from[64], to[64];
  path_of(from, f->directory, f->name);
  int directory = upto(DIRECTORIES);
  path_of(to, directory, f->name);
  if (rename(from, to) != 0) fail("rename", to);
  f->directory = directory;
}

static void replace(struct file *f, struct file *other) {
  char from[64], to[64];
  if (f == other) return;
  path_of(from, f->directory, f->name);
  path_of(to, other->directory, other->name);
  if (rename(from, to) != 0) fail("replace", to);
  other->seed = f->seed;
  other->length = f->length;
  f->exists = 0;
}

static void drop(struct file *f) {
  char path[64];
  path_of(path, f->directory, f->name);
  int fd = upto(2) ? open(path, O_RDONLY) : -1;
  if (unlink(path) != 0) fail("unlink", path);
  if (fd >= 0) {
    content(f);
    if (read(fd, seen, sizeof seen) != f->length || memcmp(seen, wanted, f->length)) fail("orphan", path);
    close(fd);
  }
  f->exists = 0;
}

static void link_and_back(struct file *f) {
  char path[64], other[80];
  path_of(path, f->directory, f->name);
  sprintf(other, "%s-link", path);
  struct stat info;
  if (link(path, other) != 0) fail("link", other);
  if (stat(path, &info) != 0 || info.st_nlink != 2) fail("nlink of", path);
  if (unlink(other) != 0) fail("unlink", other);
}

static void directory_and_back(void) {
  char path[64], inside[100], moved[80];
  sprintf(path, "shared%d/p%d-dir", upto(DIRECTORIES), me);
  sprintf(inside, "%s/file", path);
  sprintf(moved, "shared%d/p%d-moved", upto(DIRECTORIES), me);
  if (mkdir(path, 0755) != 0) fail("mkdir", path);
  int fd = open(inside, O_CREAT | O_RDWR, 0600);
  if (fd < 0 || write(fd, "x", 1) != 1) fail("create in", path);
  if (rename(path, moved) != 0) fail("rename", path);
  if (pread(fd, seen, 2, 0) != 1) fail("read in a moved", moved);
  close(fd);
  sprintf(inside, "%s/file", moved);
  if (unlink(inside) != 0) fail("unlink", inside);
  if (rmdir(moved) != 0) fail("rmdir", moved);
}

static void list(void) {
  char path[64];
  int directory = upto(DIRECTORIES), expected = 0, found = 0;
  for (int i = 0; i < FILES; i++) expected += files[i].exists && files[i].directory == directory;
  sprintf(path, "shared%d", directory);
  char mine[32];
  int length = sprintf(mine, "p%d-", me);
  DIR *dir = opendir(path);
  if (dir == NULL) fail("opendir", path);
  for (struct dirent *e; (e = readdir(dir)) != NULL;) found += strncmp(e->d_name, mine, length) == 0;
  closedir(dir);
  if (found != expected) {
    printf("%d listed, %d expected: ", found, expected);
    fail("listing of", path);
  }
}

static int work(int seconds) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  time_t end = now.tv_sec + seconds;
  while (now.tv_sec < end) {
    struct file *f = &files[upto(FILES)];
    if (!f->exists) make(f);
    else switch (upto(8)) {
      case 0: case 1: verify(f); break;
      case 2: move(f); break;
      case 3: drop(f); break;
      case 4: link_and_back(f); break;
      case 5: directory_and_back(); break;
      case 6: list(); break;
      case 7: {
        struct file *other = &files[upto(FILES)];
        if (other->exists) replace(f, other);
        break;
      }
    }
    operations++;
    clock_gettime(CLOCK_MONOTONIC, &now);
  }
  for (int i = 0; i < FILES; i++) if (files[i].exists) verify(&files[i]);
  for (int i = 0; i < FILES; i++) if (files[i].exists) drop(&files[i]);
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int processes = atoi(argv[1]), failed = 0;
  long *totals = mmap(NULL, 4096 * 16, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < DIRECTORIES; i++) {
    char path[16];
    sprintf(path, "shared%d", i);
    if (mkdir(path, 0755) != 0) { perror(path); return 1; }
  }
  for (me = 0; me < processes; me++) {
    if (fork() == 0) {
      state = (strtoull(argv[3], NULL, 0) + (uint64_t)me) * 0x9e3779b97f4a7c15ull + 1;
      int result = work(atoi(argv[2]));
      totals[me] = operations;
      _exit(result);
    }
  }
  for (int status; wait(&status) > 0;) failed += status != 0;
  long total = 0;
  for (int i = 0; i < processes; i++) total += totals[i];
  for (int i = 0; i < DIRECTORIES; i++) {
    char path[16];
    sprintf(path, "shared%d", i);
    if (rmdir(path) != 0) { perror(path); failed++; }
  }
  printf("%ld operations, %d failed\n", total, failed);
  return failed != 0;
}
