/*
 * The peer that mounts are measured against: a filesystem in memory in C, on the low-level interface
 * of libfuse, served by one thread. It does what the benchmarks need, as plainly as it can.
 *
 *   memfs [-d] MOUNTPOINT     -d: no caches, every operation is a request (direct_io, lifetimes 0)
 */
#define FUSE_USE_VERSION 314
#define _GNU_SOURCE
#include <errno.h>
#include <fuse3/fuse_lowlevel.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct inode {
  struct stat attr;
  unsigned long lookups;
  char *data;
  size_t capacity;
  struct dentry *first; /* of a directory: what is in it */
  struct inode *parent;
  int opened;
};

struct dentry {
  struct dentry *chain, *next, **before;
  struct inode *parent, *inode;
  char name[];
};

enum { BUCKETS = 1 << 16 };
static struct dentry *buckets[BUCKETS];
static struct inode root;
static unsigned long last_ino = 1;
static int uncached;

static struct inode *inode_of(fuse_ino_t ino) {
  return ino == FUSE_ROOT_ID ? &root : (struct inode *)ino;
}

static double lifetime(void) { return uncached ? 0 : 1; }

static struct timespec now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME_COARSE, &t);
  return t;
}

static void touch(struct inode *inode) { inode->attr.st_mtim = inode->attr.st_ctim = now(); }

static unsigned hash(const struct inode *parent, const char *name) {
  unsigned h = (unsigned)((size_t)parent >> 4) * 2654435761u;
  while (*name != 0) h = (h ^ (unsigned char)*name++) * 16777619u;
  return h % BUCKETS;
}

static struct dentry **find(struct inode *parent, const char *name) {
  struct dentry **at = &buckets[hash(parent, name)];
  while (*at != NULL && ((*at)->parent != parent || strcmp((*at)->name, name) != 0)) at = &(*at)->chain;
  return at;
}

static void add(struct inode *parent, const char *name, struct inode *inode) {
  size_t length = strlen(name) + 1;
  struct dentry *entry = malloc(sizeof *entry + length);
  unsigned bucket = hash(parent, name);
  memcpy(entry->name, name, length);
  entry->parent = parent;
  entry->inode = inode;
  entry->chain = buckets[bucket];
  buckets[bucket] = entry;
  entry->next = parent->first;
  entry->before = &parent->first;
  if (parent->first != NULL) parent->first->before = &entry->next;
  parent->first = entry;
  touch(parent);
}

static void drop(struct dentry **at) {
  struct dentry *entry = *at;
  *at = entry->chain;
  *entry->before = entry->next;
  if (entry->next != NULL) entry->next->before = entry->before;
  touch(entry->parent);
  free(entry);
}

static void release_inode(struct inode *inode) {
  if (inode == &root || inode->attr.st_nlink > 0 || inode->lookups > 0 || inode->opened > 0) return;
  free(inode->data);
  free(inode);
}

static struct inode *make(fuse_req_t req, struct inode *parent, const char *name, mode_t mode) {
  const struct fuse_ctx *caller = fuse_req_ctx(req);
  struct inode *inode = calloc(1, sizeof *inode);
  inode->attr.st_ino = ++last_ino;
  inode->attr.st_mode = mode;
  inode->attr.st_nlink = S_ISDIR(mode) ? 2 : 1;
  inode->attr.st_uid = caller->uid;
  inode->attr.st_gid = caller->gid;
  inode->attr.st_blksize = 4096;
  inode->attr.st_atim = inode->attr.st_mtim = inode->attr.st_ctim = now();
  inode->parent = parent;
  add(parent, name, inode);
  if (S_ISDIR(mode)) parent->attr.st_nlink++;
  return inode;
}

static struct fuse_entry_param entry_of(struct inode *inode) {
  struct fuse_entry_param e = { .ino = (fuse_ino_t)inode, .attr = inode->attr, .attr_timeout = lifetime(), .entry_timeout = lifetime() };
  inode->lookups++;
  return e;
}

static void do_init(void *data, struct fuse_conn_info *conn) {
  (void)data;
  conn->max_write = 1 << 20;
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name) {
  struct dentry *found = *find(inode_of(parent), name);
  if (found == NULL) { fuse_reply_err(req, ENOENT); return; }
  struct fuse_entry_param e = entry_of(found->inode);
  fuse_reply_entry(req, &e);
}

static void do_forget(fuse_req_t req, fuse_ino_t ino, uint64_t count) {
  struct inode *inode = inode_of(ino);
  if (inode != &root) { inode->lookups -= count; release_inode(inode); }
  fuse_reply_none(req);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
  (void)fi;
  fuse_reply_attr(req, &inode_of(ino)->attr, lifetime());
}

static int resize(struct inode *inode, size_t size) {
  if (size > inode->capacity) {
    size_t capacity = inode->capacity ? inode->capacity : 4096;
    while (capacity < size) capacity *= 2;
    char *data = realloc(inode->data, capacity);
    if (data == NULL) return ENOSPC;
    inode->data = data;
    inode->capacity = capacity;
  }
  if (size > (size_t)inode->attr.st_size) memset(inode->data + inode->attr.st_size, 0, size - inode->attr.st_size);
  inode->attr.st_size = size;
  inode->attr.st_blocks = (size + 511) / 512;
  return 0;
}

static void do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int valid, struct fuse_file_info *fi) {
  (void)fi;
  struct inode *inode = inode_of(ino);
  struct stat *mine = &inode->attr;
  if (valid & FUSE_SET_ATTR_SIZE && resize(inode, attr->st_size)) { fuse_reply_err(req, ENOSPC); return; }
  if (valid & FUSE_SET_ATTR_MODE) mine->st_mode = (mine->st_mode & S_IFMT) | (attr->st_mode & 07777);
  if (valid & FUSE_SET_ATTR_UID) mine->st_uid = attr->st_uid;
  if (valid & FUSE_SET_ATTR_GID) mine->st_gid = attr->st_gid;
  if (valid & FUSE_SET_ATTR_MTIME) mine->st_mtim = attr->st_mtim;
  if (valid & FUSE_SET_ATTR_MTIME_NOW) mine->st_mtim = now();
  if (valid & FUSE_SET_ATTR_ATIME) mine->st_atim = attr->st_atim;
  if (valid & FUSE_SET_ATTR_ATIME_NOW) mine->st_atim = now();
  mine->st_ctim = now();
  fuse_reply_attr(req, mine, lifetime());
}

static void do_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode) {
  if (*find(inode_of(parent), name) != NULL) { fuse_reply_err(req, EEXIST); return; }
  struct fuse_entry_param e = entry_of(make(req, inode_of(parent), name, S_IFDIR | mode));
  fuse_reply_entry(req, &e);
}

static void do_mknod(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, dev_t rdev) {
  (void)rdev;
  if (*find(inode_of(parent), name) != NULL) { fuse_reply_err(req, EEXIST); return; }
  struct fuse_entry_param e = entry_of(make(req, inode_of(parent), name, mode));
  fuse_reply_entry(req, &e);
}

static void do_symlink(fuse_req_t req, const char *target, fuse_ino_t parent, const char *name) {
  if (*find(inode_of(parent), name) != NULL) { fuse_reply_err(req, EEXIST); return; }
  struct inode *inode = make(req, inode_of(parent), name, S_IFLNK | 0777);
  resize(inode, strlen(target));
  memcpy(inode->data, target, strlen(target));
  struct fuse_entry_param e = entry_of(inode);
  fuse_reply_entry(req, &e);
}

static void do_readlink(fuse_req_t req, fuse_ino_t ino) {
  struct inode *inode = inode_of(ino);
  char target[4097];
  memcpy(target, inode->data, inode->attr.st_size);
  target[inode->attr.st_size] = 0;
  fuse_reply_readlink(req, target);
}

static void do_link(fuse_req_t req, fuse_ino_t ino, fuse_ino_t parent, const char *name) {
  struct inode *inode = inode_of(ino);
  if (*find(inode_of(parent), name) != NULL) { fuse_reply_err(req, EEXIST); return; }
  inode->attr.st_nlink++;
  add(inode_of(parent), name, inode);
  struct fuse_entry_param e = entry_of(inode);
  fuse_reply_entry(req, &e);
}

static void lose_name(struct dentry **at) {
  struct inode *inode = (*at)->inode;
  if (S_ISDIR(inode->attr.st_mode)) { inode->attr.st_nlink = 0; (*at)->parent->attr.st_nlink--; }
  else inode->attr.st_nlink--;
  drop(at);
  release_inode(inode);
}

static void do_unlink(fuse_req_t req, fuse_ino_t parent, const char *name) {
  struct dentry **at = find(inode_of(parent), name);
  if (*at == NULL) { fuse_reply_err(req, ENOENT); return; }
  lose_name(at);
  fuse_reply_err(req, 0);
}

static void do_rmdir(fuse_req_t req, fuse_ino_t parent, const char *name) {
  struct dentry **at = find(inode_of(parent), name);
  if (*at == NULL || (*at)->inode->first != NULL) { fuse_reply_err(req, *at ? ENOTEMPTY : ENOENT); return; }
  lose_name(at);
  fuse_reply_err(req, 0);
}

static void do_rename(fuse_req_t req, fuse_ino_t from, const char *name, fuse_ino_t to, const char *new_name, unsigned flags) {
  if (flags != 0) { fuse_reply_err(req, EINVAL); return; }
  struct dentry **source = find(inode_of(from), name), **target = find(inode_of(to), new_name);
  if (*source == NULL) { fuse_reply_err(req, ENOENT); return; }
  struct inode *inode = (*source)->inode;
  if (*target != NULL) {
    if ((*target)->inode->first != NULL) { fuse_reply_err(req, ENOTEMPTY); return; }
    lose_name(target);
  }
  drop(find(inode_of(from), name));
  add(inode_of(to), new_name, inode);
  if (S_ISDIR(inode->attr.st_mode)) { inode_of(from)->attr.st_nlink--; inode_of(to)->attr.st_nlink++; inode->parent = inode_of(to); }
  fuse_reply_err(req, 0);
}

static void opened(struct inode *inode, struct fuse_file_info *fi) {
  inode->opened++;
  fi->direct_io = uncached;
  fi->keep_cache = !uncached;
  if (fi->flags & O_TRUNC) resize(inode, 0);
}

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
  opened(inode_of(ino), fi);
  fuse_reply_open(req, fi);
}

static void do_create(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode, struct fuse_file_info *fi) {
  if (*find(inode_of(parent), name) != NULL) { fuse_reply_err(req, EEXIST); return; }
  struct inode *inode = make(req, inode_of(parent), name, S_IFREG | mode);
  struct fuse_entry_param e = entry_of(inode);
  opened(inode, fi);
  fuse_reply_create(req, &e, fi);
}

static void do_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi) {
  (void)fi;
  struct inode *inode = inode_of(ino);
  inode->opened--;
  release_inode(inode);
  fuse_reply_err(req, 0);
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi) {
  (void)fi;
  struct inode *inode = inode_of(ino);
  off_t left = inode->attr.st_size - offset;
  if (left <= 0) { fuse_reply_buf(req, NULL, 0); return; }
  fuse_reply_buf(req, inode->data + offset, (off_t)size < left ? size : (size_t)left);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *data, size_t size, off_t offset, struct fuse_file_info *fi) {
  (void)fi;
  struct inode *inode = inode_of(ino);
  if ((off_t)(offset + size) > inode->attr.st_size && resize(inode, offset + size)) { fuse_reply_err(req, ENOSPC); return; }
  memcpy(inode->data + offset, data, size);
  touch(inode);
  fuse_reply_write(req, size);
}

static void list(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, int plus) {
  struct inode *dir = inode_of(ino);
  char *buffer = malloc(size);
  size_t used = 0;
  off_t at = 2;
  if (offset < 1) used += fuse_add_direntry(req, buffer + used, size - used, ".", &dir->attr, 1);
  if (offset < 2) used += fuse_add_direntry(req, buffer + used, size - used, "..", &dir->attr, 2);
  (void)plus;
  for (struct dentry *e = dir->first; e != NULL; e = e->next) {
    if (++at <= offset) continue;
    size_t length = fuse_add_direntry(req, buffer + used, size - used, e->name, &e->inode->attr, at);
    if (used + length > size) break;
    used += length;
  }
  fuse_reply_buf(req, buffer, used);
  free(buffer);
}

static void do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t offset, struct fuse_file_info *fi) {
  (void)fi;
  list(req, ino, size, offset, 0);
}

static void do_statfs(fuse_req_t req, fuse_ino_t ino) {
  (void)ino;
  struct statvfs fs = { .f_bsize = 4096, .f_frsize = 4096, .f_blocks = 1 << 20, .f_bfree = 1 << 19, .f_bavail = 1 << 19, .f_namemax = 255 };
  fuse_reply_statfs(req, &fs);
}

static const struct fuse_lowlevel_ops operations = {
  .init = do_init, .lookup = do_lookup, .forget = do_forget, .getattr = do_getattr,
  .setattr = do_setattr, .readlink = do_readlink, .mknod = do_mknod, .mkdir = do_mkdir,
  .unlink = do_unlink, .rmdir = do_rmdir, .symlink = do_symlink, .rename = do_rename,
  .link = do_link, .open = do_open, .read = do_read, .write = do_write, .release = do_release,
  .readdir = do_readdir, .statfs = do_statfs, .create = do_create,
};

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "-d") == 0) uncached = 1;
  if (argc != 2 + uncached) return 2;
  root.attr.st_ino = 1;
  root.attr.st_mode = S_IFDIR | 0755;
  root.attr.st_nlink = 2;
  root.attr.st_atim = root.attr.st_mtim = root.attr.st_ctim = now();
  char *mount_args[] = { argv[0], "-o", "default_permissions,fsname=memfs", NULL };
  struct fuse_args args = FUSE_ARGS_INIT(3, mount_args);
  struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, NULL);
  if (session == NULL || fuse_set_signal_handlers(session) != 0 || fuse_session_mount(session, argv[1 + uncached]) != 0) return 1;
  puts("ready");
  fflush(stdout);
  int result = fuse_session_loop(session);
  fuse_session_unmount(session);
  fuse_session_destroy(session);
  return result < 0;
}
