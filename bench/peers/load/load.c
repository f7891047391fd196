/*
 * The load generator of bench/run.ts: one for all servers, so that none is measured by its friends.
 *
 *     load SOCKET ROW [-d depth] [-c connections] [-t milliseconds] [-w warm-up] [-s] [-q bytes] [-r bytes]
 *
 * It keeps `depth` requests of version 1 in flight on each connection and prints one line of JSON.
 * Every answer is checked: its errno must be 0 and its size must be enough for what was asked (the
 * contents are checked by the harness before). -s streams reads of 1 MiB over one more connection
 * meanwhile. -q and -r are the sizes of the frames that the row "echo" sends and
 * gets: the first four bytes of such a request say how long its answer shall be.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LOOKUP = 0, GETATTR = 1, READ = 3, WRITE = 4, CREATE = 5, UNLINK = 7, RENAME = 9, OPEN = 10, RELEASE = 11, READDIR = 12 };
enum { MAX_DEPTH = 128, HEAD_BYTES = 256, WINDOW = 256, CHUNK = 256 << 10, MIB = 1 << 20, FILES = 100 };

typedef struct {
  const char *name;
  int op;        /* the first operation; rows of several have their own steps */
  uint32_t size; /* of data, or the number of entries */
  int missing;   /* ENOENT is what is expected */
} Row;

static const Row ROWS[] = {
  {"getattr", GETATTR, 0, 0},
  {"lookup", LOOKUP, 0, 1},
  {"open", OPEN, 0, 0},
  {"read4k", READ, 4096, 0},
  {"read128k", READ, 131072, 0},
  {"read1m", READ, MIB, 0},
  {"write4k", WRITE, 4096, 0},
  {"write128k", WRITE, 131072, 0},
  {"write1m", WRITE, MIB, 0},
  {"create", CREATE, 4096, 0},
  {"readdir100", READDIR, 100, 0},
  {"readdir10000", READDIR, 10000, 0},
  {"rename", RENAME, 0, 0},
  {"echo", -1, 0, 0},
};

typedef struct {
  int step;
  uint32_t count;
  uint64_t fh;
  uint64_t sent;
} Lane;

typedef struct {
  int fd;
  int number;
  const Row *row;
  int depth;
  Lane lanes[MAX_DEPTH];
  int next; /* answers come in the order of requests: whose is next */
  /* what is to be sent */
  uint8_t heads[MAX_DEPTH][HEAD_BYTES];
  struct iovec iov[MAX_DEPTH * 2];
  int iovs;
  /* what has arrived */
  uint8_t *in;
  size_t held;
  size_t skip;
  uint64_t fh;
} Connection;

static const char *path_of_socket;
static uint32_t echo_request = 32, echo_reply = 64;
static uint8_t payload[MIB];
static volatile int stop_stream;
static uint64_t streamed;

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CBOR, as far as requests need it. */

static uint8_t *head(uint8_t *at, int major, uint64_t value) {
  int bytes = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x100000000 ? 4 : 8;
  static const uint8_t infos[] = {0, 24, 25, 0, 26, 0, 0, 0, 27};
  *at++ = (uint8_t)(major << 5 | (bytes == 0 ? (int)value : infos[bytes]));
  for (int i = bytes - 1; i >= 0; i--) *at++ = (uint8_t)(value >> (8 * i));
  return at;
}

static uint8_t *text(uint8_t *at, const char *value) {
  size_t length = strlen(value);
  at = head(at, 3, length);
  memcpy(at, value, length);
  return at + length;
}

static uint8_t *pair(uint8_t *at, const char *key, uint64_t value) {
  return head(text(at, key), 0, value);
}

/* Appends a request: `at` is the end of its map in `heads[lane]`, `data` follows it if there is any. */
static void push(Connection *c, int lane, uint8_t *at, uint32_t data) {
  uint8_t *start = c->heads[lane];
  uint32_t size = (uint32_t)(at - start) - 4 + data;
  start[0] = (uint8_t)(size >> 24), start[1] = (uint8_t)(size >> 16), start[2] = (uint8_t)(size >> 8), start[3] = (uint8_t)size;
  c->iov[c->iovs++] = (struct iovec){start, (size_t)(at - start)};
  if (data > 0) c->iov[c->iovs++] = (struct iovec){payload, data};
}

static void request(Connection *c, int index) {
  Lane *lane = &c->lanes[index];
  const Row *row = c->row;
  uint8_t *start = c->heads[index] + 4, *at = start + 1;
  uint32_t data = 0;
  char path[96];
  int op = row->op, pairs = 0;
  uint32_t turn = lane->count * (uint32_t)c->depth + (uint32_t)index;
  if (op < 0) {
    for (int i = 3; i >= 0; i--) *start++ = (uint8_t)(echo_reply >> (8 * i));
    push(c, index, start, echo_request - 8);
    return;
  }
  if (op == OPEN && lane->step == 1) op = RELEASE;
  if (op == CREATE) op = (int[]){CREATE, WRITE, RELEASE, UNLINK}[lane->step];
  if (op == RENAME) op = (int[]){CREATE, RELEASE, RENAME, RENAME}[lane->step];
  at = pair(at, "op", (uint64_t)op), pairs++;
  if (op == READ || op == WRITE || op == RELEASE) {
    at = pair(at, "fh", row->op == READ || row->op == WRITE ? c->fh : lane->fh), pairs++;
  } else {
    if (row->op == CREATE) snprintf(path, sizeof path, "/b/new-%d-%d.ts", c->number, index);
    else if (row->op == RENAME) snprintf(path, sizeof path, "/b/name-%d-%d-%c", c->number, index, lane->step == 3 ? 'b' : 'a');
    else if (row->op == READDIR) snprintf(path, sizeof path, "/b/d%u", row->size);
    else if (row->missing) snprintf(path, sizeof path, "/b/d100/missing-%02u.ts", turn % FILES);
    else snprintf(path, sizeof path, "/b/d100/file-%02u.ts", turn % FILES);
    at = text(text(at, "path"), path), pairs++;
  }
  if (op == RENAME) {
    snprintf(path, sizeof path, "/b/name-%d-%d-%c", c->number, index, lane->step == 3 ? 'a' : 'b');
    at = text(text(at, "new_path"), path), pairs++;
  }
  if (op == READ || op == WRITE) {
    uint64_t offset = row->op == CREATE ? 0 : (uint64_t)(turn % (MIB / row->size)) * row->size;
    if (offset > 0) at = pair(at, "off", offset), pairs++;
  }
  if (op == READ) at = pair(at, "sz", row->size), pairs++;
  if (op == CREATE) at = pair(at, "mode", 0644), pairs++;
  if (op == WRITE) {
    data = row->size;
    at = head(text(at, "data"), 2, data), pairs++;
  }
  *start = (uint8_t)(0xa0 | pairs);
  push(c, index, at, data);
}

static void flush(Connection *c) {
  struct iovec *iov = c->iov;
  int left = c->iovs;
  while (left > 0) {
    ssize_t sent = writev(c->fd, iov, left);
    if (sent < 0) die("write");
    while (left > 0 && (size_t)sent >= iov->iov_len) sent -= (ssize_t)iov->iov_len, iov++, left--;
    if (left > 0) iov->iov_base = (uint8_t *)iov->iov_base + sent, iov->iov_len -= (size_t)sent;
  }
  c->iovs = 0;
}

/* The answer's errno and handle; `body` has its first bytes, all of them if it is short. */
static void check(Connection *c, Lane *lane, const uint8_t *body, size_t size) {
  const Row *row = c->row;
  if (row->op < 0) {
    if (size + 4 != echo_reply) die("an echo of the wrong size");
    return;
  }
  if (size < 6 || memcmp(body + 1, "cerr", 4) != 0) die("not an answer");
  if (row->missing ? body[5] != 0x21 : body[5] != 0) {
    fprintf(stderr, "load: %s: the answer has the errno head %02x\n", row->name, body[5]);
    exit(1);
  }
  size_t least = row->op == READ ? row->size : row->op == READDIR ? row->size * 20u : 0;
  if (size < least) die("a short answer");
  if ((row->op == OPEN || row->op == CREATE || row->op == RENAME) && lane->step == 0) {
    const uint8_t *key = memmem(body, size < WINDOW ? size : WINDOW, "bfh", 3);
    if (key == NULL) die("no handle");
    int info = key[3] & 31, bytes = info < 24 ? 0 : 1 << (info - 24);
    uint64_t value = bytes == 0 ? (uint64_t)info : 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | key[4 + i];
    lane->fh = value;
  }
}

static void advance(const Row *row, Lane *lane) {
  lane->count++;
  if (row->op == OPEN) lane->step ^= 1;
  else if (row->op == CREATE) lane->step = (lane->step + 1) & 3;
  else if (row->op == RENAME) lane->step = lane->step == 3 ? 2 : lane->step + 1;
}

/* Latencies: buckets of 1/32 of a power of two. */
static uint64_t buckets[64 * 32];

static void record(uint64_t ns) {
  if (ns < 32) ns = 32;
  int power = 63 - __builtin_clzll(ns);
  buckets[power * 32 + (int)(ns >> (power - 5) & 31)]++;
}

static uint64_t quantile(double q) {
  uint64_t all = 0, seen = 0;
  for (int i = 0; i < 64 * 32; i++) all += buckets[i];
  for (int i = 0; i < 64 * 32; i++) {
    seen += buckets[i];
    if ((double)seen >= q * (double)all) return ((uint64_t)(32 + i % 32) << (i / 32)) >> 5;
  }
  return 0;
}

/* Reads once; gives how many answers that completed. */
static uint64_t receive(Connection *c, uint64_t *bytes, int recording) {
  ssize_t got = read(c->fd, c->in + c->held, CHUNK - c->held);
  if (got <= 0) die(got == 0 ? "the server hung up" : "read");
  *bytes += (uint64_t)got;
  uint64_t when = now(), done = 0;
  size_t length = c->held + (size_t)got, at = 0;
  while (at < length) {
    if (c->skip == 0) {
      if (length - at < 4) break;
      const uint8_t *p = c->in + at;
      size_t size = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
      size_t window = size < WINDOW ? size : WINDOW;
      if (length - at - 4 < window) break;
      check(c, &c->lanes[c->next], p + 4, size);
      c->skip = size;
      at += 4;
    }
    size_t piece = length - at < c->skip ? length - at : c->skip;
    at += piece;
    c->skip -= piece;
    if (c->skip > 0) break;
    Lane *lane = &c->lanes[c->next];
    if (recording) record(when - lane->sent);
    advance(c->row, lane);
    request(c, c->next);
    c->next = c->next + 1 == c->depth ? 0 : c->next + 1;
    done++;
  }
  c->held = length - at;
  if (c->held > 0 && at > 0) memmove(c->in, c->in + at, c->held);
  return done;
}

static int dial(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(address.sun_path, path_of_socket, sizeof address.sun_path - 1);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
  return fd;
}

static Connection *begin(const Row *row, int depth, int number) {
  Connection *c = calloc(1, sizeof *c);
  c->fd = dial();
  c->row = row, c->depth = depth, c->number = number;
  c->in = malloc(CHUNK);
  if (row->op == READ || row->op == WRITE) {
    uint8_t *start = c->heads[0] + 4, *at = start;
    at = pair(head(at, 5, 3), "op", OPEN);
    at = pair(text(text(at, "path"), "/b/big"), "flags", 2);
    push(c, 0, at, 0);
    flush(c);
    uint8_t reply[64];
    size_t got = 0;
    while (got < 4 || got < 4u + reply[3]) {
      ssize_t more = read(c->fd, reply + got, sizeof reply - got);
      if (more <= 0) die("no answer to open");
      got += (size_t)more;
    }
    Row opening = {"open", OPEN, 0, 0};
    c->row = &opening;
    check(c, &c->lanes[0], reply + 4, got - 4);
    c->row = row;
    c->fh = c->lanes[0].fh;
  }
  return c;
}

static void prime(Connection *c) {
  uint64_t when = now();
  for (int i = 0; i < c->depth; i++) {
    c->lanes[i].sent = when;
    request(c, i);
  }
  flush(c);
}

/* Receives, and sends what follows. */
static uint64_t turn(Connection *c, uint64_t *bytes, int recording) {
  int first = c->next;
  uint64_t done = receive(c, bytes, recording);
  if (done > 0) {
    uint64_t when = now();
    for (uint64_t i = 0; i < done && i < (uint64_t)c->depth; i++) {
      c->lanes[(first + (int)i) % c->depth].sent = when;
    }
    flush(c);
  }
  return done;
}

static void *stream(void *row) {
  Connection *c = begin(row, 1, 999);
  uint64_t bytes = 0;
  prime(c);
  while (!stop_stream) streamed += turn(c, &bytes, 0);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: load SOCKET ROW [options]\n"), 2;
  path_of_socket = argv[1];
  const Row *row = NULL, *big = NULL;
  for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
    if (strcmp(ROWS[i].name, argv[2]) == 0) row = &ROWS[i];
    if (strcmp(ROWS[i].name, "read1m") == 0) big = &ROWS[i];
  }
  if (row == NULL) return fprintf(stderr, "load: no such row: %s\n", argv[2]), 2;
  int depth = 1, connections = 1, streams = 0, option;
  uint64_t measured_ms = 250, warm_ms = 50;
  optind = 3;
  while ((option = getopt(argc, argv, "d:c:t:w:sq:r:")) != -1) {
    if (option == 'd') depth = atoi(optarg);
    else if (option == 'c') connections = atoi(optarg);
    else if (option == 't') measured_ms = (uint64_t)atoi(optarg);
    else if (option == 'w') warm_ms = (uint64_t)atoi(optarg);
    else if (option == 's') streams = 1;
    else if (option == 'q') echo_request = (uint32_t)atoi(optarg);
    else if (option == 'r') echo_reply = (uint32_t)atoi(optarg);
    else return 2;
  }
  if (depth < 1 || depth > MAX_DEPTH || connections < 1 || connections > 1024) return 2;
  for (int i = 0; i < MIB; i++) payload[i] = (uint8_t)(i * 7 + (i >> 12));

  Connection **all = calloc((size_t)connections, sizeof *all);
  for (int i = 0; i < connections; i++) all[i] = begin(row, depth, i);
  pthread_t thread;
  if (streams) {
    if (pthread_create(&thread, NULL, stream, (void *)big) != 0) die("thread");
    /* What is measured goes before what disturbs it, where that is allowed. */
    struct sched_param priority;
    if (sched_getparam(0, &priority) == 0 && priority.sched_priority < 90) {
      priority.sched_priority++;
      (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    }
  }
  int poll = epoll_create1(0);
  for (int i = 0; i < connections; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = all[i]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, all[i]->fd, &event) != 0) die("epoll");
  }
  uint64_t total = 0, measured = 0, bytes = 0, begun = now(), start = 0, at_start = 0;
  uint64_t from = begun + warm_ms * 1000000, until = UINT64_MAX, t = begun;
  for (int i = 0; i < connections; i++) prime(all[i]);
  int recording = 0;
  while (t < until) {
    if (connections == 1) {
      total += turn(all[0], &bytes, recording);
    } else {
      struct epoll_event events[64];
      int ready = epoll_wait(poll, events, 64, -1);
      for (int i = 0; i < ready; i++) total += turn(events[i].data.ptr, &bytes, recording);
    }
    t = now();
    if (!recording && t >= from) recording = 1, start = t, until = t + measured_ms * 1000000, at_start = total, streamed = 0;
  }
  measured = total - at_start;
  double seconds = (double)(t - start) / 1e9;
  uint64_t streamed_then = streamed;
  stop_stream = 1;
  printf("{\"requests\":%llu,\"all\":%llu,\"seconds\":%.6f,\"p50\":%llu,\"p99\":%llu,\"bytesIn\":%llu,\"streamed\":%.0f}\n",
         (unsigned long long)measured, (unsigned long long)total, seconds,
         (unsigned long long)quantile(0.5), (unsigned long long)quantile(0.99),
         (unsigned long long)bytes, (double)streamed_then / seconds);
  return 0;
}
