/*
 * Does random things to one file in all ways there are, and compares everything that it sees with a
 * model in memory: fsx FILE OPERATIONS SEED. It stops at the first difference, and prints the last
 * operations with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX = 512 * 1024, LONGEST = 96 * 1024, HISTORY = 32 };

static unsigned char model[MAX], data[MAX];
static long size;
static const char *path;
static int fd, readers;
static char history[HISTORY][120];
static long done;
static uint64_t state;

/* xorshift: the same numbers everywhere. */
static uint64_t next(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

static long upto(long limit) { return limit <= 0 ? 0 : (long)(next() % (uint64_t)limit); }

static void note(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(history[done % HISTORY], sizeof *history, format, values);
  va_end(values);
}

static void fail(const char *what, long at) {
  printf("operation %ld: %s at %ld (errno %s)\n", done, what, at, strerror(errno));
  for (long i = done >= HISTORY ? done - HISTORY + 1 : 0; i <= done; i++)
    printf("  %ld %s\n", i, history[i % HISTORY]);
  exit(1);
}

static void compare(const unsigned char *seen, long offset, long length, const char *what) {
  if (memcmp(seen, model + offset, length) == 0) return;
  long i = 0;
  while (seen[i] == model[offset + i]) i++;
  printf("wanted %02x, got %02x, size %ld\n", model[offset + i], seen[i], size);
  fail(what, offset + i);
}

static void grow(long to) {
  if (to > size) { memset(model + size, 0, to - size); size = to; }
}

static void check_size(void) {
  struct stat info;
  if (fstat(fd, &info) != 0 || info.st_size != size) {
    printf("wanted size %ld, got %ld\n", size, (long)info.st_size);
    fail("fstat", size);
  }
}

static void do_read(int from, const char *what) {
  long offset = upto(size + 4096 < MAX ? size + 4096 : MAX), length = upto(LONGEST) + 1;
  if (offset + length > MAX) length = MAX - offset;
  note("%s %ld +%ld", what, offset, length);
  long wanted = offset >= size ? 0 : length < size - offset ? length : size - offset;
  if (pread(from, data, length, offset) != wanted) fail("short read", offset);
  compare(data, offset, wanted, what);
}

static void fill(long length) {
  unsigned char value = (unsigned char)next();
  for (long i = 0; i < length; i++) data[i] = (unsigned char)(value + i * 3 + (i >> 8));
}

static void do_write(void) {
  long offset = upto(MAX - 1), length = upto(LONGEST) + 1;
  if (upto(4) == 0) offset = size;
  if (upto(3) == 0) { offset &= ~4095L; length = (length + 4095) & ~4095L; }
  if (offset + length > MAX) length = MAX - offset;
  if (length <= 0) return;
  note("write %ld +%ld", offset, length);
  fill(length);
  if (pwrite(fd, data, length, offset) != length) fail("pwrite", offset);
  grow(offset);
  memcpy(model + offset, data, length);
  if (offset + length > size) size = offset + length;
}

static void do_append(void) {
  long length = upto(5000) + 1;
  if (size + length > MAX) return;
  note("append +%ld", length);
  int other = open(path, O_WRONLY | O_APPEND);
  fill(length);
  if (other < 0 || write(other, data, length) != length || close(other) != 0) fail("append", size);
  memcpy(model + size, data, length);
  size += length;
}

static void do_truncate(void) {
  long to = upto(3) == 0 ? upto(MAX) : upto(size + 1);
  note("truncate %ld", to);
  if ((upto(2) ? ftruncate(fd, to) : truncate(path, to)) != 0) fail("truncate", to);
  grow(to);
  size = to;
}

static void do_map(int write_it) {
  if (size == 0) return;
  long offset = upto(size), length = upto(LONGEST) + 1;
  if (offset + length > size) length = size - offset;
  long page = offset & ~4095L;
  note("map-%s %ld +%ld", write_it ? "write" : "read", offset, length);
  unsigned char *map = mmap(NULL, offset - page + length, PROT_READ | (write_it ? PROT_WRITE : 0), MAP_SHARED, fd, page);
  if (map == MAP_FAILED) fail("mmap", offset);
  if (write_it) {
    fill(length);
    memcpy(map + offset - page, data, length);
    memcpy(model + offset, data, length);
    if (upto(2) && msync(map, offset - page + length, MS_SYNC) != 0) fail("msync", offset);
  } else {
    compare(map + offset - page, offset, length, "map-read");
  }
  if (munmap(map, offset - page + length) != 0) fail("munmap", offset);
}

static void do_allocate(int mode, const char *what) {
  long offset = upto(MAX - 1), length = upto(LONGEST) + 1;
  if (offset + length > MAX) length = MAX - offset;
  note("%s %ld +%ld", what, offset, length);
  if (fallocate(fd, mode, offset, length) != 0) {
    if (errno == EOPNOTSUPP) return;
    fail(what, offset);
  }
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0) grow(offset + length);
  if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) {
    long end = offset + length < size ? offset + length : size;
    if (end > offset) memset(model + offset, 0, end - offset);
  }
}

static void do_copy(void) {
  if (size < 2) return;
  long length = upto(size / 2) + 1, from = upto(size - length), to = upto(MAX - length);
  if (from < to + length && to < from + length) return;
  note("copy %ld +%ld to %ld", from, length, to);
  off_t source = from, target = to;
  for (long left = length; left > 0;) {
    ssize_t n = copy_file_range(fd, &source, fd, &target, left, 0);
    if (n <= 0) fail("copy_file_range", from);
    left -= n;
  }
  grow(to);
  memmove(model + to, model + from, length);
  if (to + length > size) size = to + length;
}

static void do_reopen(void) {
  note("reopen");
  if (close(fd) != 0) fail("close", 0);
  fd = open(path, O_RDWR);
  if (fd < 0) fail("open", 0);
}

static void do_sync(void) {
  note("sync");
  if ((upto(2) ? fsync(fd) : fdatasync(fd)) != 0) fail("sync", 0);
}

static void check_all(void) {
  note("check");
  if (pread(readers, data, MAX, 0) != size) fail("size of the whole", size);
  compare(data, 0, size, "the whole");
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  path = argv[1];
  long operations = atol(argv[2]);
  state = strtoull(argv[3], NULL, 0) * 0x9e3779b97f4a7c15ull + 1;
  fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
  readers = open(path, O_RDONLY);
  if (fd < 0 || readers < 0) fail("open", 0);
  for (done = 0; done < operations; done++) {
    switch (upto(20)) {
      case 0: case 1: case 2: case 3: do_read(fd, "read"); break;
      case 4: do_read(readers, "read by another"); break;
      case 5: case 6: case 7: case 8: do_write(); break;
      case 9: do_append(); break;
      case 10: do_truncate(); break;
      case 11: case 12: do_map(0); break;
      case 13: case 14: do_map(1); break;
      case 15: do_allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "punch"); break;
      case 16:
        if (upto(2)) do_allocate(FALLOC_FL_ZERO_RANGE, "zero");
        else do_allocate(0, "allocate");
        break;
      case 17: do_copy(); break;
      case 18: do_reopen(); break;
      case 19: if (upto(10) == 0) do_sync(); else if (upto(10) == 0) check_all(); break;
    }
    check_size();
  }
  check_all();
  printf("%ld operations, no difference\n", operations);
  return 0;
}
