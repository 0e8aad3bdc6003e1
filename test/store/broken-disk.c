/* Loaded before the C library: the sync of a journal, or a write to it, fails once a file named by BREAK is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_broken(int fd, const char *how) {
  char link[64], path[4096], flag[4096];
  snprintf(flag, sizeof flag, "%s.%s", getenv("BREAK"), how);
  if (access(flag, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 4) return 0;
  path[n] = 0;
  return strcmp(path + n - 4, "-wal") == 0;
}

#define FAIL(how) do { if (is_broken(fd, how)) { errno = EIO; return -1; } } while (0)

int fsync(int fd) { FAIL("sync"); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { FAIL("sync"); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t at) {
  FAIL("write");
  return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, b, n, at);
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) {
  FAIL("write");
  return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite"))(fd, b, n, at);
}
