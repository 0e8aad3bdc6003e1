/*
 * A witness: loaded into a server under test by LD_PRELOAD. It writes to the file PARLOUR_TRACE what goes into journals
 * (names that end in -wal), when their fsync began and returned, and what goes into sockets, all with the numbers of one
 * counter before and after the call. It changes nothing of what the server does.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FDS 65536

enum { JOURNAL = 1, FSYNC = 2, SOCKET = 3 };

struct __attribute__((packed)) head {
  uint64_t before, after;
  uint32_t kind, fd, length;
};

static int trace = -1;
static uint64_t counter;
static char is_journal[MOST_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_sendmsg)(int, const struct msghdr *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

__attribute__((constructor)) static void begin(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_close = dlsym(RTLD_NEXT, "close");
  real_write = dlsym(RTLD_NEXT, "write");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_sendmsg = dlsym(RTLD_NEXT, "sendmsg");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite");
  real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  const char *path = getenv("PARLOUR_TRACE");
  if (path) trace = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static uint64_t tick(void) { return __atomic_add_fetch(&counter, 1, __ATOMIC_SEQ_CST); }

static void put(const void *bytes, size_t length) {
  if (real_write(trace, bytes, length) != (ssize_t)length) abort();
}

/* `done` bytes of these pieces went where they should. */
static void note(int kind, int fd, uint64_t before, const struct iovec *pieces, ssize_t done) {
  if (trace < 0 || done < 0) return;
  struct head head = {before, tick(), (uint32_t)kind, (uint32_t)fd, (uint32_t)done};
  pthread_mutex_lock(&lock);
  put(&head, sizeof head);
  for (size_t left = (size_t)done; left > 0; pieces++) {
    size_t length = pieces->iov_len < left ? pieces->iov_len : left;
    put(pieces->iov_base, length);
    left -= length;
  }
  pthread_mutex_unlock(&lock);
}

static int is_socket(int fd) {
  struct stat found;
  return trace >= 0 && fstat(fd, &found) == 0 && S_ISSOCK(found.st_mode);
}

static int is_ours(int fd) { return fd >= 0 && fd < MOST_FDS && is_journal[fd]; }

static void note_open(int fd, const char *path) {
  size_t length = strlen(path);
  if (fd >= 0 && fd < MOST_FDS) is_journal[fd] = length > 4 && strcmp(path + length - 4, "-wal") == 0;
}

#define OPEN(name)                             \
  int name(const char *path, int flags, ...) { \
    va_list rest;                              \
    va_start(rest, flags);                     \
    mode_t mode = va_arg(rest, mode_t);        \
    va_end(rest);                              \
    int fd = real_##name(path, flags, mode);   \
    note_open(fd, path);                       \
    return fd;                                 \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < MOST_FDS) is_journal[fd] = 0;
  return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  int kind = is_ours(fd) ? JOURNAL : is_socket(fd) ? SOCKET : 0;
  uint64_t before = tick();
  ssize_t done = real_write(fd, bytes, length);
  if (kind) note(kind, fd, before, &(struct iovec){(void *)bytes, length}, done);
  return done;
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
  uint64_t before = tick();
  ssize_t done = real_writev(fd, pieces, count);
  if (is_socket(fd)) note(SOCKET, fd, before, pieces, done);
  return done;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  uint64_t before = tick();
  ssize_t done = real_sendmsg(fd, message, flags);
  if (is_socket(fd)) note(SOCKET, fd, before, message->msg_iov, done);
  return done;
}

#define PWRITE(name)                                                                         \
  ssize_t name(int fd, const void *bytes, size_t length, off_t at) {                         \
    uint64_t before = tick();                                                                \
    ssize_t done = real_##name(fd, bytes, length, at);                                       \
    if (is_ours(fd)) note(JOURNAL, fd, before, &(struct iovec){(void *)bytes, length}, done); \
    return done;                                                                             \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define FLUSH(name)                                             \
  int name(int fd) {                                            \
    uint64_t before = tick();                                   \
    int result = real_##name(fd);                               \
    if (is_ours(fd) && result == 0) note(FSYNC, fd, before, NULL, 0); \
    return result;                                              \
  }
FLUSH(fsync)
FLUSH(fdatasync)
