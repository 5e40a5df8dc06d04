/* A disk that fails on demand, for the tests in ../failing_disk.rs. Loaded into the server by LD_PRELOAD.
 *
 * While the file named by FAULT_FLAG exists, calls that change a file whose path contains FAULT_FILES fail, with the
 * error that the flag's first letter names:
 *
 *   f  full: ENOSPC from writes and from growing a file. Overwriting fails too, as on file systems that never
 *      overwrite a block in place.
 *   r  read-only file system: EROFS from writes, from changing a file's size, and from opening a file for writing.
 *   s  sync: EIO from fsync and fdatasync; writes succeed.
 *
 * Without the flag a call costs one access(2) more.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The letter in the flag; 0 if there is none. Uses system calls, because open and read may be ours. */
static char fault(void) {
  const char *flag = getenv("FAULT_FLAG");
  char letter = 0;
  if (flag == NULL || access(flag, F_OK) != 0)
    return 0;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, flag, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return 0;
  if (syscall(SYS_read, fd, &letter, 1) != 1)
    letter = 0;
  syscall(SYS_close, fd);
  return letter;
}

static int is_concerned(const char *path) {
  const char *files = getenv("FAULT_FILES");
  return files != NULL && files[0] != 0 && strstr(path, files) != NULL;
}

/* The letter if a fault concerns this open file. Leaves errno alone. */
static char fault_of(int fd) {
  int before = errno;
  char letter = fault();
  if (letter != 0) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    if (!is_concerned(path))
      letter = 0;
  }
  errno = before;
  return letter;
}

/* The error of a write; 0 if it is to succeed. */
static int write_error(int fd) {
  switch (fault_of(fd)) {
  case 'f': return ENOSPC;
  case 'r': return EROFS;
  default: return 0;
  }
}

/* The error of setting a file's size. A full disk can still shrink it. */
static int resize_error(int fd, off_t size) {
  struct stat now;
  int error = write_error(fd);
  if (error == ENOSPC && fstat(fd, &now) == 0 && size <= now.st_size)
    error = 0;
  return error;
}

/* The error of opening a file for writing. */
static int open_error(const char *path, int flags) {
  int before = errno;
  int is_for_writing = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  int error = is_for_writing && is_concerned(path) && fault() == 'r' ? EROFS : 0;
  errno = before;
  return error;
}

/* Defines a function that fails with an error, if there is one, and otherwise is the one it stands for. */
#define STANDS_IN(result, name, parameters, arguments, error)                                                        \
  result name parameters {                                                                                           \
    static result(*real) parameters;                                                                                 \
    int failed = (error);                                                                                            \
    if (failed != 0) {                                                                                               \
      errno = failed;                                                                                                \
      return -1;                                                                                                     \
    }                                                                                                                \
    if (real == NULL)                                                                                                \
      *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                     \
    return real arguments;                                                                                           \
  }

STANDS_IN(ssize_t, write, (int fd, const void *from, size_t count), (fd, from, count), write_error(fd))
STANDS_IN(ssize_t, writev, (int fd, const struct iovec *from, int count), (fd, from, count), write_error(fd))
STANDS_IN(ssize_t, pwrite, (int fd, const void *from, size_t count, off_t at), (fd, from, count, at), write_error(fd))
STANDS_IN(ssize_t, pwrite64, (int fd, const void *from, size_t count, off64_t at), (fd, from, count, at), write_error(fd))
STANDS_IN(int, fallocate, (int fd, int mode, off_t at, off_t count), (fd, mode, at, count), write_error(fd))
STANDS_IN(int, fallocate64, (int fd, int mode, off64_t at, off64_t count), (fd, mode, at, count), write_error(fd))
STANDS_IN(int, ftruncate, (int fd, off_t size), (fd, size), resize_error(fd, size))
STANDS_IN(int, ftruncate64, (int fd, off64_t size), (fd, size), resize_error(fd, size))
STANDS_IN(int, fsync, (int fd), (fd), fault_of(fd) == 's' ? EIO : 0)
STANDS_IN(int, fdatasync, (int fd), (fd), fault_of(fd) == 's' ? EIO : 0)

/* These return the error and do not set errno. */
#define STANDS_IN_FOR_ALLOCATE(name, offset)                                                                         \
  int name(int fd, offset at, offset count) {                                                                        \
    static int (*real)(int, offset, offset);                                                                         \
    int failed = write_error(fd);                                                                                    \
    if (failed != 0)                                                                                                 \
      return failed;                                                                                                 \
    if (real == NULL)                                                                                                \
      *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                     \
    return real(fd, at, count);                                                                                      \
  }

STANDS_IN_FOR_ALLOCATE(posix_fallocate, off_t)
STANDS_IN_FOR_ALLOCATE(posix_fallocate64, off64_t)

/* These have a mode only if they may create the file. */
#define MODE(flags, mode)                                                                                            \
  mode_t mode = 0;                                                                                                   \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {                                                                      \
    va_list rest;                                                                                                    \
    va_start(rest, flags);                                                                                           \
    mode = va_arg(rest, mode_t);                                                                                     \
    va_end(rest);                                                                                                    \
  }

#define STANDS_IN_FOR_OPEN(name)                                                                                     \
  int name(const char *path, int flags, ...) {                                                                       \
    static int (*real)(const char *, int, ...);                                                                      \
    MODE(flags, mode)                                                                                                \
    int failed = open_error(path, flags);                                                                            \
    if (failed != 0) {                                                                                               \
      errno = failed;                                                                                                \
      return -1;                                                                                                     \
    }                                                                                                                \
    if (real == NULL)                                                                                                \
      *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                     \
    return real(path, flags, mode);                                                                                  \
  }

#define STANDS_IN_FOR_OPENAT(name)                                                                                   \
  int name(int folder, const char *path, int flags, ...) {                                                           \
    static int (*real)(int, const char *, int, ...);                                                                 \
    MODE(flags, mode)                                                                                                \
    int failed = open_error(path, flags);                                                                            \
    if (failed != 0) {                                                                                               \
      errno = failed;                                                                                                \
      return -1;                                                                                                     \
    }                                                                                                                \
    if (real == NULL)                                                                                                \
      *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                     \
    return real(folder, path, flags, mode);                                                                          \
  }

STANDS_IN_FOR_OPEN(open)
STANDS_IN_FOR_OPEN(open64)
STANDS_IN_FOR_OPENAT(openat)
STANDS_IN_FOR_OPENAT(openat64)
