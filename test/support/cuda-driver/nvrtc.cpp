/*
 * A look-alike of NVRTC that makes code for the look-alike of the driver beside it: g++ compiles the source with the shim that executes CUDA C++
 * on the processor. Options that keep the bits are needed as they are with the real one: without -fmad=false it contracts, where the processor can.
 */

#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#define API extern "C" __attribute__((visibility("default")))

extern char **environ;

enum { SUCCESS = 0, INVALID_OPTION = 5, COMPILATION = 6 };

struct program_object { std::string source, log, image; };

API int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 0; return SUCCESS; }
API const char *nvrtcGetErrorString(int code) { return code == COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR"; }
static const int supported[] = {75, 80, 90};
API int nvrtcGetNumSupportedArchs(int *count) { *count = 3; return SUCCESS; }
API int nvrtcGetSupportedArchs(int *list) { memcpy(list, supported, sizeof supported); return SUCCESS; }

API int nvrtcCreateProgram(program_object **program, const char *source, const char *, int, const char *const *, const char *const *)
{
  *program = new program_object{source, "", ""};
  return SUCCESS;
}
API int nvrtcDestroyProgram(program_object **program)
{
  delete *program;
  *program = nullptr;
  return SUCCESS;
}

static std::string contents(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

/* What calls the kernels of a source by number, with addresses of arguments as a launch has them. */
static std::string host_text(const std::string &source)
{
  const std::regex kernel("extern \"C\" __global__ (?:__launch_bounds__\\([A-Z_0-9]+\\) )?void (\\w+)\\(");
  std::vector<std::string> names;
  for (std::sregex_iterator it(source.begin(), source.end(), kernel), end; it != end; ++it) names.push_back((*it)[1]);
  std::ostringstream text;
  text << "#include \"" SHIM "\"\n#include \"network.cu\"\n"
       << "template <class... A, size_t... K> static void call(void (*kernel)(A...), void **a, std::index_sequence<K...>) { kernel(*(A *)a[K]...); }\n"
       << "template <class... A> static void call(void (*kernel)(A...), void **a) { call(kernel, a, std::index_sequence_for<A...>{}); }\n"
       << "template <class... A> constexpr unsigned count_of(void (*)(A...)) { return sizeof...(A); }\n"
       << "template <class F> struct sizes_of;\n"
       << "template <class... A> struct sizes_of<void (*)(A...)> { static constexpr size_t list[] = {sizeof(A)..., 0}; };\n"
       << "struct entry { const char *name; unsigned count; const size_t *sizes; };\n"
       << "static unsigned chosen;\nstatic void dispatch(void *a)\n{\n  switch (chosen) {\n";
  for (size_t k = 0; k < names.size(); k += 1) text << "    case " << k << ": call(" << names[k] << ", (void **)a); break;\n";
  text << "    default: break;\n  }\n}\n#define API extern \"C\" __attribute__((visibility(\"default\")))\n"
       << "API const entry lookalike_kernels[] = {\n";
  for (const std::string &name : names)
    text << "  {\"" << name << "\", count_of(" << name << "), sizes_of<decltype(&" << name << ")>::list},\n";
  text << "  {nullptr, 0, nullptr},\n};\nAPI const unsigned lookalike_kernel_count = " << names.size() << ";\n"
       << "API const char *lookalike_run(unsigned kernel, unsigned blocks, unsigned threads, void **arguments, uint64_t seed, bool together)\n{\n"
       << "  chosen = kernel;\n  return shim_run({dispatch, arguments}, blocks, threads, seed, together);\n}\n"
       << "API void lookalike_release() { shim_release(); }\n";
  return text.str();
}

static bool has(const std::vector<std::string> &options, const char *wanted)
{
  for (const std::string &option : options)
    if (option == wanted) return true;
  return false;
}

/* Whether the processor multiplies and adds in one. */
static bool contracts() { return contents("/proc/cpuinfo").find(" fma ") != std::string::npos; }

static int compile(program_object *program, const std::string &folder, const std::vector<std::string> &options)
{
  std::ofstream(folder + "/network.cu") << program->source;
  std::ofstream(folder + "/host.cpp") << host_text(program->source);
  std::vector<std::string> words = {"g++", "-std=c++17", "-O1", "-fno-strict-aliasing", "-w", "-fvisibility=hidden"};
  if (has(options, "-fmad=false")) words.push_back("-ffp-contract=off");
  else if (contracts()) words.insert(words.end(), {"-ffp-contract=fast", "-mfma"});
  for (const std::string &option : options)
    if (option.compare(0, 2, "-D") == 0) words.push_back(option);
  words.insert(words.end(), {"-shared", "-fPIC", "-o", folder + "/network.so", folder + "/host.cpp"});
  std::vector<char *> arguments;
  for (std::string &word : words) arguments.push_back(&word[0]);
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, (folder + "/log").c_str(), 0x41 /* write, create */, 0600);
  pid_t child;
  int status = 1;
  if (posix_spawnp(&child, "g++", &actions, nullptr, arguments.data(), environ) == 0) waitpid(child, &status, 0);
  posix_spawn_file_actions_destroy(&actions);
  program->log = contents(folder + "/log");
  if (status != 0) return COMPILATION;
  const std::string library = contents(folder + "/network.so");
  const uint64_t bytes = library.size();
  program->image = "look-alike cubin";
  program->image.append((const char *)&bytes, sizeof bytes);
  program->image += library;
  return SUCCESS;
}

API int nvrtcCompileProgram(program_object *program, int count, const char *const *words)
{
  const std::vector<std::string> options(words, words + count);
  bool known = false;
  for (const std::string &option : options) {
    known = known || std::regex_match(option, std::regex("--gpu-architecture=(sm|compute)_(75|80|90)"));
    if (!std::regex_match(option, std::regex("--gpu-architecture=.*|-std=c\\+\\+17|-D\\w+(=\\w+)?|-fmad=(true|false)|-ftz=(true|false)|-prec-(div|sqrt)=(true|false)"))) {
      program->log = "nvrtc: error: unrecognized option " + option + " found\n";
      return INVALID_OPTION;
    }
  }
  if (!known) {
    program->log = "nvrtc: error: invalid value for --gpu-architecture (-arch)\n";
    return INVALID_OPTION;
  }
  char folder[] = "/tmp/interneuron-look-alike-XXXXXX";
  if (mkdtemp(folder) == nullptr) return COMPILATION;
  const int code = compile(program, folder, options);
  for (const char *name : {"network.cu", "host.cpp", "network.so", "log"}) unlink((std::string(folder) + "/" + name).c_str());
  rmdir(folder);
  return code;
}

static int size_of(const std::string &text, size_t end, size_t *size) { *size = text.size() + end; return SUCCESS; }
static int copy_of(const std::string &text, size_t end, char *to) { memcpy(to, text.c_str(), text.size() + end); return SUCCESS; }

API int nvrtcGetProgramLogSize(program_object *program, size_t *size) { return size_of(program->log, 1, size); }
API int nvrtcGetProgramLog(program_object *program, char *to) { return copy_of(program->log, 1, to); }
API int nvrtcGetCUBINSize(program_object *program, size_t *size) { return size_of(program->image, 0, size); }
API int nvrtcGetCUBIN(program_object *program, char *to) { return copy_of(program->image, 0, to); }
API int nvrtcGetPTXSize(program_object *program, size_t *size) { return size_of(program->image, 0, size); }
API int nvrtcGetPTX(program_object *program, char *to) { return copy_of(program->image, 0, to); }
