/*
 * Preloaded into a server, makes every fsync and fdatasync last SLOW_SYNC_US microseconds longer, as on disks that
 * are slower than the one at hand. Both sides of a comparison get it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static void linger(void) {
  static int microseconds = -1;
  if (microseconds < 0) {
    const char *text = getenv("SLOW_SYNC_US");
    microseconds = text ? atoi(text) : 0;
  }
  if (microseconds > 0) usleep((useconds_t)microseconds);
}

int fsync(int descriptor) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fsync");
  linger();
  return real(descriptor);
}

int fdatasync(int descriptor) {
  static sync_call real;
  if (!real) real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
  linger();
  return real(descriptor);
}
