/*
 * Makes system calls as a script on standard input says, one a line, and prints one line for each:
 * "0" or what the call gives, or the name of its errno. Names are relative to the directory that
 * the program runs in; "case N" begins a case in a directory of its own, N, which it makes.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static char *args[16];
static int count;
static int slots[26];
static int base;
static struct timespec saved;
static char out[1 << 20];

static int slot(const char *name) { return slots[name[0] - 'a']; }

static const struct { const char *name; long value; } names[] = {
#define N(x) { #x, x }
  N(O_RDONLY), N(O_WRONLY), N(O_RDWR), N(O_CREAT), N(O_EXCL), N(O_TRUNC), N(O_APPEND),
  N(O_DIRECTORY), N(O_NOFOLLOW), N(O_NONBLOCK), N(O_SYNC), N(O_DSYNC), N(O_PATH), N(O_CLOEXEC),
  N(O_NOATIME), N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), N(SEEK_DATA), N(SEEK_HOLE), N(RENAME_NOREPLACE),
  N(RENAME_EXCHANGE), N(XATTR_CREATE), N(XATTR_REPLACE), N(FALLOC_FL_KEEP_SIZE),
  N(FALLOC_FL_PUNCH_HOLE), N(FALLOC_FL_ZERO_RANGE), N(LOCK_SH), N(LOCK_EX), N(LOCK_UN), N(LOCK_NB),
  N(R_OK), N(W_OK), N(X_OK), N(F_OK), N(S_IFREG), N(S_IFIFO), N(S_IFSOCK), N(S_IFCHR), N(S_IFBLK),
  N(AT_SYMLINK_FOLLOW), N(F_RDLCK), N(F_WRLCK), N(F_UNLCK),
};

/* A number, or names of flags with bars between them. */
static long number(const char *text) {
  if (text == NULL) return 0;
  if (text[0] == '-' || (text[0] >= '0' && text[0] <= '9')) return strtol(text, NULL, 0);
  long value = 0;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", text);
  for (char *part = strtok(copy, "|"); part != NULL; part = strtok(NULL, "|")) {
    size_t i = 0;
    while (i < sizeof names / sizeof *names && strcmp(names[i].name, part) != 0) i++;
    if (i == sizeof names / sizeof *names) { fprintf(stderr, "unknown %s\n", part); exit(2); }
    value |= names[i].value;
  }
  return value;
}

/* Permissions are always octal. */
static mode_t mode_of(const char *text) { return text == NULL ? 0 : (mode_t)strtol(text, NULL, 8); }

static void decode(char *text) {
  char *to = text;
  for (char *from = text; *from != 0; from++) {
    if (*from == '%') {
      char digits[3] = { from[1], from[2], 0 };
      *to++ = (char)strtol(digits, NULL, 16);
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  *to = 0;
}

static const char *type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return "reg";
    case S_IFDIR: return "dir";
    case S_IFLNK: return "lnk";
    case S_IFIFO: return "fifo";
    case S_IFSOCK: return "sock";
    case S_IFCHR: return "chr";
    case S_IFBLK: return "blk";
    default: return "?";
  }
}

static int fields(const struct stat *info, const char *list) {
  char copy[256];
  snprintf(copy, sizeof copy, "%s", list);
  char *at = out;
  for (char *f = strtok(copy, ","); f != NULL; f = strtok(NULL, ",")) {
    if (at != out) *at++ = ',';
    if (!strcmp(f, "type")) at += sprintf(at, "%s", type_of(info->st_mode));
    else if (!strcmp(f, "mode")) at += sprintf(at, "%04o", info->st_mode & 07777);
    else if (!strcmp(f, "nlink")) at += sprintf(at, "%ld", (long)info->st_nlink);
    else if (!strcmp(f, "uid")) at += sprintf(at, "%d", info->st_uid);
    else if (!strcmp(f, "gid")) at += sprintf(at, "%d", info->st_gid);
    else if (!strcmp(f, "size")) at += sprintf(at, "%ld", (long)info->st_size);
    else if (!strcmp(f, "rdev")) at += sprintf(at, "%d:%d", major(info->st_rdev), minor(info->st_rdev));
    else if (!strcmp(f, "sparse")) at += sprintf(at, "%s", info->st_blocks * 512 < info->st_size ? "yes" : "no");
    else if (!strcmp(f, "atime")) at += sprintf(at, "%ld.%09ld", (long)info->st_atim.tv_sec, info->st_atim.tv_nsec);
    else if (!strcmp(f, "mtime")) at += sprintf(at, "%ld.%09ld", (long)info->st_mtim.tv_sec, info->st_mtim.tv_nsec);
    else { fprintf(stderr, "unknown field %s\n", f); exit(2); }
  }
  return 0;
}

static struct timespec time_of(const struct stat *info, const char *field) {
  if (field[0] == 'a') return info->st_atim;
  return field[0] == 'm' ? info->st_mtim : info->st_ctim;
}

static struct timespec moment(const char *text) {
  struct timespec t = { 0, 0 };
  if (!strcmp(text, "now")) t.tv_nsec = UTIME_NOW;
  else if (!strcmp(text, "omit")) t.tv_nsec = UTIME_OMIT;
  else {
    char *end;
    t.tv_sec = strtol(text, &end, 10);
    if (*end == '.') t.tv_nsec = strtol(end + 1, NULL, 10);
  }
  return t;
}

static int compare_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) return -1;
  char *found[4096];
  int n = 0;
  errno = 0;
  for (struct dirent *e; (e = readdir(dir)) != NULL;)
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) found[n++] = strdup(e->d_name);
  int failed = errno;
  closedir(dir);
  qsort(found, n, sizeof *found, compare_text);
  out[0] = 0;
  char *at = out;
  for (int i = 0; i < n; i++) {
    at += sprintf(at, "%s%s", i ? "," : "", found[i]);
    free(found[i]);
  }
  if (n == 0) strcpy(out, "(nothing)");
  errno = failed;
  return failed ? -1 : 0;
}

static int become(const char *uid, const char *gid, const char *groups) {
  gid_t extra[32];
  int n = 0;
  if (seteuid(0) != 0) return -1;
  if (groups != NULL) {
    char copy[128];
    snprintf(copy, sizeof copy, "%s", groups);
    for (char *g = strtok(copy, ","); g != NULL; g = strtok(NULL, ",")) extra[n++] = atoi(g);
  }
  return setgroups(n, extra) || setegid(atoi(gid)) || seteuid(atoi(uid)) ? -1 : 0;
}

/* Writes all of a text, or reads what is there. */
static int put(int fd, const char *text) {
  ssize_t length = (ssize_t)strlen(text);
  return fd < 0 || write(fd, text, length) != length || close(fd) != 0 ? -1 : 0;
}

static int show(ssize_t n) {
  if (n < 0) return -1;
  out[n] = 0;
  for (ssize_t i = 0; i < n; i++) if (out[i] == 0) out[i] = '0';
  if (n == 0) strcpy(out, "(nothing)");
  return 0;
}

static int value(long n) {
  if (n < 0) return -1;
  sprintf(out, "%ld", n);
  return 0;
}

static int locked(int fd, const char *type, const char *start, const char *length, int command) {
  struct flock lock = { .l_type = number(type), .l_whence = SEEK_SET, .l_start = number(start), .l_len = number(length) };
  int result = fcntl(fd, command, &lock);
  if (result == 0 && command == F_GETLK)
    sprintf(out, "%s", lock.l_type == F_UNLCK ? "free" : lock.l_type == F_WRLCK ? "write" : "read");
  return result;
}

/* Runs something in a child, and gives its status. */
static int in_child(int (*what)(void)) {
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    int result = what();
    _exit(result == 0 ? 0 : errno);
  }
  int status;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  errno = WEXITSTATUS(status);
  return errno == 0 ? 0 : -1;
}

static int child_exec(void) {
  execl(args[1], args[1], (char *)NULL);
  return -1;
}

static int child_lock(void) {
  int fd = open(args[1], O_RDWR);
  return fd < 0 ? -1 : locked(fd, args[2], args[3], args[4], F_SETLK);
}

static int child_flock(void) {
  int fd = open(args[1], O_RDONLY);
  return fd < 0 ? -1 : flock(fd, number(args[2]));
}

#define IS(name) (strcmp(args[0], name) == 0)

static int call(void) {
  struct stat info, other;
  if (IS("user")) return become(args[1], args[2], args[3]);
  if (IS("umask")) return umask(mode_of(args[1])), 0;
  if (IS("tick")) return usleep(15000);
  if (IS("chdir")) return chdir(args[1]);
  if (IS("open")) {
    int fd = open(args[2], number(args[3]), mode_of(args[4]));
    if (fd < 0) return -1;
    if (slot(args[1]) >= 0) close(slot(args[1]));
    slots[args[1][0] - 'a'] = fd;
    return 0;
  }
  if (IS("try")) {
    int fd = open(args[1], number(args[2]), mode_of(args[3]));
    return fd < 0 ? -1 : close(fd);
  }
  if (IS("openat")) {
    int fd = openat(slot(args[2]), args[3], number(args[4]), mode_of(args[5]));
    if (fd < 0) return -1;
    slots[args[1][0] - 'a'] = fd;
    return 0;
  }
  if (IS("close")) { int fd = slot(args[1]); slots[args[1][0] - 'a'] = -1; return close(fd); }
  if (IS("dup")) { slots[args[2][0] - 'a'] = dup(slot(args[1])); return 0; }
  if (IS("read")) return show(read(slot(args[1]), out, number(args[2])));
  if (IS("pread")) return show(pread(slot(args[1]), out, number(args[2]), number(args[3])));
  if (IS("write")) return value(write(slot(args[1]), args[2], strlen(args[2])));
  if (IS("pwrite")) return value(pwrite(slot(args[1]), args[2], strlen(args[2]), number(args[3])));
  if (IS("lseek")) return value(lseek(slot(args[1]), number(args[2]), number(args[3])));
  if (IS("ftruncate")) return ftruncate(slot(args[1]), number(args[2]));
  if (IS("fsync")) return fsync(slot(args[1]));
  if (IS("fdatasync")) return fdatasync(slot(args[1]));
  if (IS("fallocate")) return fallocate(slot(args[1]), number(args[2]), number(args[3]), number(args[4]));
  if (IS("fstat")) return fstat(slot(args[1]), &info) ? -1 : fields(&info, args[2]);
  if (IS("fchmod")) return fchmod(slot(args[1]), mode_of(args[2]));
  if (IS("fchown")) return fchown(slot(args[1]), number(args[2]), number(args[3]));
  if (IS("futimens")) {
    struct timespec t[2] = { moment(args[2]), moment(args[3]) };
    return futimens(slot(args[1]), t);
  }
  if (IS("copy")) {
    off_t from = number(args[2]), to = number(args[4]);
    return value(copy_file_range(slot(args[1]), &from, slot(args[3]), &to, number(args[5]), 0));
  }
  if (IS("flock")) return flock(slot(args[1]), number(args[2]));
  if (IS("lock")) return locked(slot(args[1]), args[2], args[3], args[4], F_SETLK);
  if (IS("getlock")) return locked(slot(args[1]), args[2], args[3], args[4], F_GETLK);
  if (IS("child-lock")) return in_child(child_lock);
  if (IS("child-flock")) return in_child(child_flock);
  if (IS("exec")) return in_child(child_exec);
  if (IS("create")) return put(open(args[1], O_CREAT | O_EXCL | O_WRONLY, mode_of(args[2])), "");
  if (IS("put")) return put(open(args[1], O_CREAT | O_TRUNC | O_WRONLY, 0644), args[2]);
  if (IS("append")) return put(open(args[1], O_APPEND | O_WRONLY), args[2]);
  if (IS("get")) {
    int fd = open(args[1], O_RDONLY);
    if (fd < 0) return -1;
    ssize_t n = read(fd, out, sizeof out - 1);
    int failed = errno;
    close(fd);
    errno = failed;
    return show(n);
  }
  if (IS("mkdir")) return mkdir(args[1], mode_of(args[2]));
  if (IS("rmdir")) return rmdir(args[1]);
  if (IS("unlink")) return unlink(args[1]);
  if (IS("rename")) return rename(args[1], args[2]);
  if (IS("rename2")) return renameat2(AT_FDCWD, args[1], AT_FDCWD, args[2], number(args[3]));
  if (IS("link")) return link(args[1], args[2]);
  if (IS("linkat")) return linkat(AT_FDCWD, args[1], AT_FDCWD, args[2], number(args[3]));
  if (IS("symlink")) return symlink(args[1], args[2]);
  if (IS("readlink")) return show(readlink(args[1], out, sizeof out - 1));
  if (IS("mknod")) return mknod(args[1], number(args[2]) | mode_of(args[3]), makedev(number(args[4]), number(args[5])));
  if (IS("chmod")) return chmod(args[1], mode_of(args[2]));
  if (IS("chown")) return chown(args[1], number(args[2]), number(args[3]));
  if (IS("lchown")) return lchown(args[1], number(args[2]), number(args[3]));
  if (IS("truncate")) return truncate(args[1], number(args[2]));
  if (IS("utimens") || IS("lutimens")) {
    struct timespec t[2] = { moment(args[2]), moment(args[3]) };
    return utimensat(AT_FDCWD, args[1], t, IS("lutimens") ? AT_SYMLINK_NOFOLLOW : 0);
  }
  if (IS("stat")) return stat(args[1], &info) ? -1 : fields(&info, args[2]);
  if (IS("lstat")) return lstat(args[1], &info) ? -1 : fields(&info, args[2]);
  if (IS("same")) {
    if (lstat(args[1], &info) || lstat(args[2], &other)) return -1;
    strcpy(out, info.st_ino == other.st_ino && info.st_dev == other.st_dev ? "yes" : "no");
    return 0;
  }
  if (IS("save")) return lstat(args[1], &info) ? -1 : (saved = time_of(&info, args[2]), 0);
  if (IS("compare")) {
    if (lstat(args[1], &info)) return -1;
    struct timespec t = time_of(&info, args[2]);
    long d = t.tv_sec != saved.tv_sec ? t.tv_sec - saved.tv_sec : t.tv_nsec - saved.tv_nsec;
    strcpy(out, d > 0 ? "later" : d < 0 ? "earlier" : "same");
    return 0;
  }
  if (IS("access")) return faccessat(AT_FDCWD, args[1], number(args[2]), AT_EACCESS);
  if (IS("list")) return list(args[1]);
  if (IS("setxattr")) return setxattr(args[1], args[2], args[3], strlen(args[3]), number(args[4]));
  if (IS("getxattr")) return show(getxattr(args[1], args[2], out, args[3] ? number(args[3]) : 65536));
  if (IS("sizexattr")) return value(getxattr(args[1], args[2], NULL, 0));
  if (IS("listxattr")) {
    ssize_t n = listxattr(args[1], out, sizeof out - 1);
    for (ssize_t i = 0; i < n - 1; i++) if (out[i] == 0) out[i] = ',';
    return n <= 0 ? show(n) : 0;
  }
  if (IS("removexattr")) return removexattr(args[1], args[2]);
  if (IS("namemax")) {
    struct statvfs fs;
    return statvfs(args[1], &fs) ? -1 : value(fs.f_namemax);
  }
  if (IS("map")) {
    char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, slot(args[1]), 0);
    if (map == MAP_FAILED) return -1;
    memcpy(map + number(args[2]), args[3], strlen(args[3]));
    return munmap(map, 4096);
  }
  fprintf(stderr, "unknown command %s\n", args[0]);
  exit(2);
}

static int begin(void) {
  for (int i = 0; i < 26; i++) {
    if (slots[i] >= 0) close(slots[i]);
    slots[i] = -1;
  }
  umask(0);
  return become("0", "0", NULL) || fchdir(base) || mkdir(args[1], 0777) || chdir(args[1]);
}

int main(void) {
  static char line[1 << 16];
  signal(SIGXFSZ, SIG_IGN);
  umask(0);
  for (int i = 0; i < 26; i++) slots[i] = -1;
  base = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = 0;
    memset(args, 0, sizeof args);
    count = 0;
    for (char *at = line, *word; (word = strsep(&at, " ")) != NULL && count < 15;)
      if (*word != 0) args[count++] = word;
    for (int i = 1; i < count; i++) decode(args[i]);
    strcpy(out, "0");
    errno = 0;
    int result = IS("case") ? begin() : call();
    puts(result == 0 ? out : strerrorname_np(errno));
  }
  return 0;
}
