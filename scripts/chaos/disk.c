/*
 * A disk that forgets: loaded into a server under test by LD_PRELOAD. What is written to files of PARLOUR_DISK_DIR
 * reaches PARLOUR_DISK_SAFE only when fsync or fdatasync returns, as on a disk that loses power. While the file
 * PARLOUR_DISK_FAIL exists, every fsync fails with EIO. It never changes what the server itself reads and writes.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_FDS 65536
#define MOST_FILES 64

struct range { off_t at; size_t length; };
struct file {
  char name[256];
  struct range *dirty;
  size_t count, room;
};

static struct file files[MOST_FILES];
static struct file *open_files[MOST_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *dir, *safe, *fail;
static size_t dir_length;

static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);

__attribute__((constructor)) static void begin(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_rename = dlsym(RTLD_NEXT, "rename");
  dir = getenv("PARLOUR_DISK_DIR");
  safe = getenv("PARLOUR_DISK_SAFE");
  fail = getenv("PARLOUR_DISK_FAIL");
  dir_length = dir ? strlen(dir) : 0;
}

/* The name within the folder; NULL for files that are none of ours, or that no power cut can harm. */
static const char *name_of(const char *path) {
  if (!dir || !safe || strncmp(path, dir, dir_length) != 0 || path[dir_length] != '/') return NULL;
  const char *name = path + dir_length + 1;
  size_t length = strlen(name);
  if (length == 0 || length > 200 || strchr(name, '/')) return NULL;
  if (length > 4 && strcmp(name + length - 4, "-shm") == 0) return NULL;
  return name;
}

static void note_open(int fd, const char *path) {
  const char *name = fd >= 0 && fd < MOST_FDS ? name_of(path) : NULL;
  if (!name) return;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < MOST_FILES; i++) {
    if (files[i].name[0] == 0) strcpy(files[i].name, name);
    if (strcmp(files[i].name, name) != 0) continue;
    open_files[fd] = &files[i];
    break;
  }
  pthread_mutex_unlock(&lock);
}

static void note_write(int fd, off_t at, ssize_t length) {
  if (fd < 0 || fd >= MOST_FDS || !open_files[fd] || length <= 0) return;
  pthread_mutex_lock(&lock);
  struct file *file = open_files[fd];
  if (file->count == file->room) {
    file->room = file->room ? file->room * 2 : 64;
    file->dirty = realloc(file->dirty, file->room * sizeof(struct range));
    if (!file->dirty) abort();
  }
  file->dirty[file->count++] = (struct range){at, (size_t)length};
  pthread_mutex_unlock(&lock);
}

/* What is dirty, and the length, go where a power cut cannot reach them. */
static void make_safe(int fd) {
  if (fd < 0 || fd >= MOST_FDS || !open_files[fd]) return;
  static char buffer[1 << 16];
  pthread_mutex_lock(&lock);
  struct file *file = open_files[fd];
  char path[PATH_MAX];
  char own[64];
  snprintf(path, sizeof path, "%s/%s", safe, file->name);
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  int to = real_open(path, O_RDWR | O_CREAT, 0600);
  int from = real_open(own, O_RDONLY);
  struct stat now;
  if (to < 0 || from < 0 || fstat(fd, &now) != 0) abort();
  for (size_t i = 0; i < file->count; i++) {
    struct range range = file->dirty[i];
    while (range.length > 0) {
      ssize_t got = pread(from, buffer, range.length < sizeof buffer ? range.length : sizeof buffer, range.at);
      if (got <= 0) break;
      if (real_pwrite(to, buffer, (size_t)got, range.at) != got) abort();
      range.at += got;
      range.length -= (size_t)got;
    }
  }
  if (ftruncate(to, now.st_size) != 0) abort();
  file->count = 0;
  real_close(to);
  real_close(from);
  pthread_mutex_unlock(&lock);
}

static int fails(void) {
  if (!fail || access(fail, F_OK) != 0) return 0;
  errno = EIO;
  return 1;
}

#define OPEN(name)                                     \
  int name(const char *path, int flags, ...) {         \
    va_list rest;                                      \
    va_start(rest, flags);                             \
    mode_t mode = va_arg(rest, mode_t);                \
    va_end(rest);                                      \
    int fd = real_##name(path, flags, mode);           \
    note_open(fd, path);                               \
    return fd;                                         \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < MOST_FDS) open_files[fd] = NULL;
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  int is_ours = fd >= 0 && fd < MOST_FDS && open_files[fd];
  off_t at = is_ours ? lseek(fd, 0, SEEK_CUR) : 0;
  ssize_t done = real_write(fd, bytes, length);
  if (is_ours) note_write(fd, at, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  ssize_t done = real_pwrite(fd, bytes, length, at);
  note_write(fd, at, done);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
  ssize_t done = real_pwrite64(fd, bytes, length, at);
  note_write(fd, at, done);
  return done;
}

int fsync(int fd) {
  if (fails()) return -1;
  make_safe(fd);
  return real_fsync(fd);
}

int fdatasync(int fd) {
  if (fails()) return -1;
  make_safe(fd);
  return real_fdatasync(fd);
}

int rename(const char *from, const char *to) {
  const char *a = name_of(from);
  const char *b = name_of(to);
  if (a && b) {
    char old[PATH_MAX], new[PATH_MAX];
    snprintf(old, sizeof old, "%s/%s", safe, a);
    snprintf(new, sizeof new, "%s/%s", safe, b);
    real_rename(old, new);
  }
  return real_rename(from, to);
}
