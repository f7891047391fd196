/*
 * What is measured: client DIRECTORY makes its files there and says "ready"; then, for each line
 * "KIND MILLISECONDS" on its standard input, it does nothing but that for so long, and prints how
 * many a second there were. It checks what it reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SMALL = 4096, LARGE = 1 << 20, FILE_SIZE = 16 << 20 };

static char *buffer;
static int file;
static long operations;

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int ok, const char *what) {
  if (!ok) { perror(what); exit(1); }
}

static void do_fstat(void) {
  struct stat info;
  check(fstat(file, &info) == 0 && info.st_size == FILE_SIZE, "fstat");
}

static void do_stat(void) {
  struct stat info;
  check(stat("directory/file", &info) == 0 && info.st_size == FILE_SIZE, "stat");
}

static void do_open(void) {
  int fd = open("directory/file", O_RDONLY);
  check(fd >= 0 && close(fd) == 0, "open");
}

static void do_create(void) {
  int fd = open("directory/new", O_CREAT | O_EXCL | O_WRONLY, 0644);
  check(fd >= 0 && close(fd) == 0 && unlink("directory/new") == 0, "create");
}

static void do_read(size_t size) {
  off_t offset = (operations * 7919 % (FILE_SIZE / size)) * size;
  check(pread(file, buffer, size, offset) == (ssize_t)size, "read");
  check(buffer[0] == (char)(offset >> 12) && buffer[size - 1] == (char)((offset + size - 1) >> 12), "content");
}

static void do_write(size_t size) {
  off_t offset = (operations * 7919 % (FILE_SIZE / size)) * size;
  for (size_t i = 0; i < size; i += SMALL) memset(buffer + i, (int)((offset + i) >> 12), SMALL);
  check(pwrite(file, buffer, size, offset) == (ssize_t)size, "write");
}

static void do_read_small(void) { do_read(SMALL); }
static void do_write_small(void) { do_write(SMALL); }
static void do_read_large(void) { do_read(LARGE); }
static void do_write_large(void) { do_write(LARGE); }

static const struct { const char *name; void (*run)(void); } kinds[] = {
  { "fstat", do_fstat },
  { "stat", do_stat },
  { "open+close", do_open },
  { "create+unlink", do_create },
  { "read-4K", do_read_small },
  { "write-4K", do_write_small },
  { "read-1M", do_read_large },
  { "write-1M", do_write_large },
};

static void measure(void (*operation)(void), double duration) {
  double start = seconds(), end;
  operations = 0;
  do {
    for (int i = 0; i < 16; i++, operations++) operation();
    end = seconds();
  } while (end - start < duration);
  printf("%.1f\n", operations / (end - start));
  fflush(stdout);
}

int main(int argc, char **argv) {
  check(argc == 2 && chdir(argv[1]) == 0, "chdir");
  buffer = aligned_alloc(4096, LARGE);
  check(mkdir("directory", 0755) == 0, "mkdir");
  file = open("directory/file", O_CREAT | O_EXCL | O_RDWR, 0644);
  check(file >= 0, "open");
  for (operations = 0; operations < FILE_SIZE / LARGE; operations++) do_write_large();
  puts("ready");
  fflush(stdout);
  char name[32];
  double milliseconds;
  while (scanf("%31s %lf", name, &milliseconds) == 2)
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
      if (strcmp(name, kinds[i].name) == 0) measure(kinds[i].run, milliseconds / 1000);
  close(file);
  return 0;
}
