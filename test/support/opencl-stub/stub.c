/*
 * Stands between a program and the loader of OpenCL drivers, and does what machines do at the worst of times. The folder STUB_FOLDER tells and is told:
 * a line of `builds` for each compilation that has begun; compilations wait until so many as STUB_TOGETHER have begun, and with STUB_WAIT until
 * there is a file `go`. Drivers forget the pragma against contraction with STUB_CONTRACT, and devices are gone once there is a file `gone`.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void *real(const char *name)
{
  static void *loader;
  if (loader == NULL) loader = dlopen("libOpenCL.so.1", RTLD_NOW);
  return dlsym(loader, name);
}

static const char *path_of(const char *name)
{
  static char path[4096];
  snprintf(path, sizeof path, "%s/%s", getenv("STUB_FOLDER"), name);
  return path;
}

static int lines_of(const char *name)
{
  FILE *file = fopen(path_of(name), "r");
  int lines = 0;
  for (int c; file != NULL && (c = fgetc(file)) != EOF;) lines += c == '\n';
  if (file != NULL) fclose(file);
  return lines;
}

static void pause_shortly(void)
{
  const struct timespec ten = {0, 10000000};
  nanosleep(&ten, NULL);
}

int32_t clBuildProgram(uint64_t program, uint32_t count, void *devices, const char *options, void *callback, void *data)
{
  if (getenv("STUB_FOLDER") != NULL) {
    FILE *file = fopen(path_of("builds"), "a");
    fputs("build\n", file);
    fclose(file);
    const char *together = getenv("STUB_TOGETHER");
    for (int k = 0; k < 6000 && together != NULL && lines_of("builds") < atoi(together); k += 1) pause_shortly();
    for (int k = 0; k < 6000 && getenv("STUB_WAIT") != NULL && access(path_of("go"), F_OK) != 0; k += 1) pause_shortly();
  }
  int32_t (*build)(uint64_t, uint32_t, void *, const char *, void *, void *);
  *(void **)&build = real("clBuildProgram");
  return build(program, count, devices, options, callback, data);
}

uint64_t clCreateProgramWithSource(uint64_t context, uint32_t count, const char **texts, void *lengths, void *error)
{
  uint64_t (*create)(uint64_t, uint32_t, const char **, void *, void *);
  *(void **)&create = real("clCreateProgramWithSource");
  char *copy = strdup(texts[0]);
  char *pragma = strstr(copy, "FP_CONTRACT OFF");
  if (getenv("STUB_CONTRACT") != NULL && pragma != NULL) memcpy(pragma, "FP_CONTRACT ON ", 15);
  const char *text = copy;
  const uint64_t program = create(context, count, &text, lengths, error);
  free(copy);
  return program;
}

int32_t clFinish(uint64_t queue)
{
  if (getenv("STUB_FOLDER") != NULL && access(path_of("gone"), F_OK) == 0) return -5;
  int32_t (*finish)(uint64_t);
  *(void **)&finish = real("clFinish");
  return finish(queue);
}
