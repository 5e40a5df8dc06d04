/* Makes SQLite sync its write-ahead log as with synchronous=NORMAL: not at each commit, only before the database file is
 * synced at a checkpoint. Every commit is then acknowledged too early. Loaded into the server by LD_PRELOAD for the
 * negative control of `bench crash`; the server itself refuses to run with that setting. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The log whose sync was left out last; -1 if there is none. */
static atomic_int unsynced_wal = -1;

static int is_wal(int file) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

static int sync_as_normal(const char *name, int file) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  if (is_wal(file)) {
    atomic_store(&unsynced_wal, file);
    return 0;
  }
  int wal = atomic_exchange(&unsynced_wal, -1);
  if (wal >= 0)
    real(wal);
  return real(file);
}

int fsync(int file) { return sync_as_normal("fsync", file); }

int fdatasync(int file) { return sync_as_normal("fdatasync", file); }
