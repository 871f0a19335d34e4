/*
 * Preloaded into a server, makes fsync and fdatasync fail with EIO for every file whose path contains the text that the
 * file FAILING_SYNC holds; while that file is missing or empty, nothing fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static int fails(int descriptor) {
  const char *trigger = getenv("FAILING_SYNC");
  if (!trigger) return 0;
  char text[PATH_MAX] = {0}, link[64], path[PATH_MAX] = {0};
  int file = open(trigger, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  if (readlink(link, path, sizeof path - 1) <= 0) return 0;
  return strstr(path, text) != NULL;
}

int fsync(int descriptor) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fsync");
  if (fails(descriptor)) {
    errno = EIO;
    return -1;
  }
  return real(descriptor);
}

int fdatasync(int descriptor) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  if (fails(descriptor)) {
    errno = EIO;
    return -1;
  }
  return real(descriptor);
}
