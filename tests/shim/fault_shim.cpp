// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Preloaded into the program, makes one of its calls on files fail:
//
//   SWEEPNET_FAULT_BELOW=DIRECTORY   counts calls on what lies in this directory only
//   SWEEPNET_FAULT=KIND:N:HOW        the Nth open, create, read, write, fsync, rename, link,
//   unlink,
//                                    mkdir, lock or close fails; exit is the end of the process
//   SWEEPNET_FAULT_LOG=FILE          a line for each counted call: its kind and its path; "hit" for
//                                    the one that failed; "kept PATH" and "gone PATH" for names
//                                    that even a power cut leaves or takes
//
// HOW is an errno's number, "short" (one byte is read or written), "kill" (SIGKILL in the midst of
// it), or "powercut": what was not synced is dropped before the kill. Files lose what was written
// since their last fsync(), directories what was created, renamed or removed in them since theirs.
//
// So that a run makes the same calls each time, time passes by the number of looks at the clock,
// the processor's time stands still, and training waits now and then for the thread that saves.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace {

template <class Function> Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::string variable(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr ? text : "";
}

struct chosen_fault {
  char kind[16] = "";
  int at = 0;
  char how[16] = "";

  chosen_fault() {
    std::sscanf(variable("SWEEPNET_FAULT").c_str(), "%15[a-z]:%d:%15s", kind, &at, how);
  }
  [[nodiscard]] bool is(const char* other) const { return std::strcmp(how, other) == 0; }
};

/// What a directory has forgotten to write down: how to undo it.
struct unsynced_name {
  enum class change { made, made_directory, renamed, removed };
  change what;
  std::pair<dev_t, ino_t> directory;
  std::string path;
  std::string from{};    ///< of a rename
  std::string before{};  ///< another name of the file that had the name before, if one had
};

struct unsynced_bytes {
  int descriptor;
  off_t synced;
};

struct shim {
  std::recursive_mutex mutex{};
  chosen_fault fault{};
  std::string below = variable("SWEEPNET_FAULT_BELOW");
  int log = -1;
  std::map<std::string, int> calls{};
  std::vector<unsynced_name> names{};
  std::map<std::pair<dev_t, ino_t>, unsynced_bytes> files{};
  int kept = 0;

  shim() {
    const std::string path = variable("SWEEPNET_FAULT_LOG");
    if (!path.empty()) {
      static const auto real = next<int(const char*, int, ...)>("open");
      const int opened = real(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      log = ::fcntl(opened, F_DUPFD_CLOEXEC, 1000);
    }
  }

  void note(const std::string& line) const {
    static const auto real = next<ssize_t(int, const void*, size_t)>("write");
    const std::string whole = line + "\n";
    if (log >= 0) (void)!real(log, whole.data(), whole.size());
  }
};

std::atomic<bool> made{false};

/// Never destroyed: files are closed to the very end.
shim& the() {
  static auto* const instance = new shim;
  made = true;
  return *instance;
}

__attribute__((constructor)) void at_start() { the(); }

std::string path_of(int descriptor) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof path);
  return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "";
}

std::string path_of(int directory, const char* name) {
  if (name[0] == '/') return name;
  const std::string base =
      directory == AT_FDCWD ? std::filesystem::current_path().string() : path_of(directory);
  return base + "/" + name;
}

std::pair<dev_t, ino_t> identity(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

std::pair<dev_t, ino_t> directory_of(const std::string& path) {
  struct stat status {};
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return ::stat(directory.c_str(), &status) == 0 ? identity(status) : std::pair<dev_t, ino_t>{};
}

/// Another name for the file at `path`, which stays if that goes; empty if there is none.
std::string keep_another(const std::string& path) {
  static const auto real = next<int(int, const char*, int, const char*, int)>("linkat");
  const std::string other =
      the().below + "/.before." + std::to_string(::getpid()) + "." + std::to_string(the().kept++);
  return real(AT_FDCWD, path.c_str(), AT_FDCWD, other.c_str(), 0) == 0 ? other : "";
}

void remove_kept() {
  static const auto real = next<int(const char*)>("unlink");
  for (const unsynced_name& each : the().names) {
    if (!each.before.empty()) real(each.before.c_str());
  }
}

void undo(const unsynced_name& each) {
  static const auto rename = next<int(const char*, const char*)>("rename");
  static const auto unlink = next<int(const char*)>("unlink");
  using change = unsynced_name::change;
  if (each.what == change::made) unlink(each.path.c_str());
  if (each.what == change::made_directory) std::filesystem::remove_all(each.path);
  if (each.what == change::renamed) rename(each.path.c_str(), each.from.c_str());
  if (each.before.empty()) return;
  if (rename(each.before.c_str(), each.path.c_str()) != 0) unlink(each.before.c_str());
}

[[noreturn]] void cut_power() {
  for (const auto& [id, bytes] : the().files) (void)!::ftruncate(bytes.descriptor, bytes.synced);
  for (auto each = the().names.rbegin(); each != the().names.rend(); ++each) undo(*each);
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

void end_by(const chosen_fault& fault) {
  if (fault.is("powercut")) cut_power();
  remove_kept();
  ::kill(::getpid(), SIGKILL);
}

/// One call on a file: alone among threads, and perhaps the one that fails.
class call {
 public:
  call(const char* kind, std::string path) : kind_(kind), path_(std::move(path)) {
    if (the().below.empty() || !(path_ + "/").starts_with(the().below + "/")) return;
    lock_ = std::unique_lock(the().mutex);
    counted_ = true;
    const chosen_fault& fault = the().fault;
    const bool chosen = std::strcmp(kind, fault.kind) == 0 && ++the().calls[kind] == fault.at;
    the().note(std::string(kind_) + " " + path_);
    if (!chosen) return;
    the().note("hit");
    short_ = fault.is("short");
    ends_ = fault.is("kill") || fault.is("powercut");
    error_ = std::atoi(fault.how);
  }
  call(const call&) = delete;
  call& operator=(const call&) = delete;

  [[nodiscard]] bool counted() const { return counted_; }
  [[nodiscard]] bool is_short() const { return short_; }
  /// Whether it is to fail half-way: then finish with fails().
  [[nodiscard]] bool breaks() const { return ends_ || (error_ != 0 && error_ != EINTR); }
  /// Kills the process, or sets errno and returns true, if this is the call.
  [[nodiscard]] bool fails() const {
    if (ends_) end_by(the().fault);
    if (error_ != 0) errno = error_;
    return error_ != 0;
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const char* kind_;
  std::string path_;
  std::unique_lock<std::recursive_mutex> lock_{};
  bool counted_ = false;
  bool short_ = false;
  bool ends_ = false;
  int error_ = 0;
};

void remember_name(unsynced_name::change what, const std::string& path, std::string from = "",
                   std::string before = "") {
  the().names.push_back({what, directory_of(path), path, std::move(from), std::move(before)});
}

/// Before bytes are written or a file is made: how much of it a power cut leaves.
void remember_bytes(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || the().files.contains(identity(status))) return;
  static const auto real = next<int(const char*, int, ...)>("open");
  const std::string again = "/proc/self/fd/" + std::to_string(descriptor);
  const int opened = real(again.c_str(), O_WRONLY | O_CLOEXEC);  // without the lock of the other
  the().files[identity(status)] = {opened, status.st_size};
}

void forget_bytes(const struct stat& status) {
  static const auto real = next<int(int)>("close");
  const auto found = the().files.find(identity(status));
  if (found == the().files.end()) return;
  real(found->second.descriptor);
  the().files.erase(found);
}

void forget_names(const struct stat& directory) {
  static const auto real = next<int(const char*)>("unlink");
  std::erase_if(the().names, [&](const unsynced_name& each) {
    if (each.directory != identity(directory)) return false;
    the().note((each.what == unsynced_name::change::removed ? "gone " : "kept ") + each.path);
    if (!each.from.empty()) the().note("gone " + each.from);
    if (!each.before.empty()) real(each.before.c_str());
    return true;
  });
}

int open_any(int directory, const char* name, int flags, mode_t mode) {
  static const auto real = next<int(int, const char*, int, ...)>("openat");
  const bool creates = (flags & O_CREAT) != 0;
  const call now(creates ? "create" : "open", path_of(directory, name));
  if (now.fails()) return -1;
  const bool is_new = creates && ::faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
  const int opened = real(directory, name, flags, mode);
  if (now.counted() && opened >= 0 && is_new) {
    remember_name(unsynced_name::change::made, now.path());
    remember_bytes(opened);
  }
  return opened;
}

int rename_any(int from_directory, const char* from, int to_directory, const char* to,
               unsigned flags) {
  static const auto real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
  const call now("rename", path_of(to_directory, to));
  if (now.fails()) return -1;
  const std::string before = now.counted() && flags == 0 ? keep_another(now.path()) : "";
  const std::string old = path_of(from_directory, from);
  const int result = real(from_directory, from, to_directory, to, flags);
  if (now.counted() && result == 0) {
    remember_name(unsynced_name::change::renamed, now.path(), old, before);
  }
  return result;
}

int unlink_any(int directory, const char* name, int flags) {
  static const auto real = next<int(int, const char*, int)>("unlinkat");
  const call now("unlink", path_of(directory, name));
  if (now.fails()) return -1;
  const std::string before = now.counted() ? keep_another(now.path()) : "";
  const int result = real(directory, name, flags);
  if (now.counted() && result == 0) {
    the().note("gone " + now.path());
    remember_name(unsynced_name::change::removed, now.path(), "", before);
  }
  return result;
}

int mkdir_any(int directory, const char* name, mode_t mode) {
  static const auto real = next<int(int, const char*, mode_t)>("mkdirat");
  const call now("mkdir", path_of(directory, name));
  if (now.fails()) return -1;
  const int result = real(directory, name, mode);
  if (now.counted() && result == 0) {
    remember_name(unsynced_name::change::made_directory, now.path());
  }
  return result;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

/// Whether a thread of this process runs, or would if there were a processor.
bool runs(const char* thread) {
  char text[256];
  std::snprintf(text, sizeof text, "/proc/self/task/%s/stat", thread);
  const long file = ::syscall(SYS_open, text, O_RDONLY);
  const long size = ::syscall(SYS_read, file, text, sizeof text - 1);
  ::syscall(SYS_close, file);
  text[size > 0 ? size : 0] = 0;
  const char* const name_end = std::strrchr(text, ')');  // "1234 (name) S ..."
  return name_end != nullptr && name_end[1] != 0 && name_end[2] != 'S';
}

/// Whether one but this thread does. Takes no memory, as who gives it may be who looks at the
/// clock.
bool others_run() {
  const long tasks = ::syscall(SYS_open, "/proc/self/task", O_RDONLY | O_DIRECTORY);
  alignas(dirent64) char entries[4096];
  bool found = false;
  for (long size = 0; (size = ::syscall(SYS_getdents64, tasks, entries, sizeof entries)) > 0;) {
    for (long at = 0; at < size;) {
      const auto* const each = reinterpret_cast<const dirent64*>(entries + at);
      at += each->d_reclen;
      found = found || (each->d_name[0] != '.' && std::atoi(each->d_name) != ::gettid() &&
                        runs(each->d_name));
    }
  }
  ::syscall(SYS_close, tasks);
  return found;
}

/// Returns when all that other threads were asked to do is done.
void wait_for_others() {
  constexpr timespec pause{0, 200'000};
  while (others_run()) ::nanosleep(&pause, nullptr);
}

__attribute__((destructor)) void at_exit() {
  if (the().below.empty()) return;
  const call now("exit", the().below);
  (void)now.fails();
  remove_kept();
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_any(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_any(directory, path, flags, mode);
}

/// openat2() has no function of its own.
long syscall(long number, ...) {
  static const auto real = next<long(long, ...)>("syscall");
  va_list arguments;
  va_start(arguments, number);
  long words[6];
  for (long& word : words) word = va_arg(arguments, long);
  va_end(arguments);
  const char* name = number == SYS_openat2 ? reinterpret_cast<const char*>(words[1]) : "/";
  const call now("open", path_of(static_cast<int>(words[0]), name));
  if (now.fails()) return -1;
  return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}

ssize_t read(int descriptor, void* bytes, size_t count) {
  static const auto real = next<ssize_t(int, void*, size_t)>("read");
  if (descriptor <= 2) return real(descriptor, bytes, count);
  const call now("read", path_of(descriptor));
  if (now.fails()) return -1;
  return real(descriptor, bytes, now.is_short() && count > 1 ? 1 : count);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  static const auto real = next<ssize_t(int, const void*, size_t)>("write");
  if (descriptor <= 2) return real(descriptor, bytes, count);
  const call now("write", path_of(descriptor));
  if (now.counted()) remember_bytes(descriptor);
  if (now.breaks()) (void)!real(descriptor, bytes, count / 2);
  if (now.fails()) return -1;
  return real(descriptor, bytes, now.is_short() && count > 1 ? 1 : count);
}

int fsync(int descriptor) {
  static const auto real = next<int(int)>("fsync");
  const call now("fsync", path_of(descriptor));
  if (now.fails()) return -1;
  // Nothing in these tests outlives the machine, so nothing has to reach its disk.
  if (!now.counted()) return real(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return -1;
  if (S_ISDIR(status.st_mode)) {
    forget_names(status);
  } else {
    forget_bytes(status);
  }
  return 0;
}

int rename(const char* from, const char* to) { return rename_any(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_directory, const char* from, int to_directory, const char* to) {
  return rename_any(from_directory, from, to_directory, to, 0);
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) {
  return rename_any(from_directory, from, to_directory, to, flags);
}

int linkat(int from_directory, const char* from, int to_directory, const char* to, int flags) {
  static const auto real = next<int(int, const char*, int, const char*, int)>("linkat");
  const call now("link", path_of(to_directory, to));
  if (now.fails()) return -1;
  const int result = real(from_directory, from, to_directory, to, flags);
  if (now.counted() && result == 0) remember_name(unsynced_name::change::made, now.path());
  return result;
}

int unlink(const char* path) { return unlink_any(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char* path, int flags) {
  return unlink_any(directory, path, flags);
}

int mkdir(const char* path, mode_t mode) { return mkdir_any(AT_FDCWD, path, mode); }
int mkdirat(int directory, const char* path, mode_t mode) {
  return mkdir_any(directory, path, mode);
}

int flock(int descriptor, int operation) {
  static const auto real = next<int(int, int)>("flock");
  const call now("lock", path_of(descriptor));
  return now.fails() ? -1 : real(descriptor, operation);
}

/// Closes even where it fails, as Linux does.
int close(int descriptor) {
  static const auto real = next<int(int)>("close");
  if (descriptor <= 2) return real(descriptor);
  const call now("close", path_of(descriptor));
  const int result = real(descriptor);
  return now.fails() ? -1 : result;
}

int clock_gettime(clockid_t clock, timespec* now) {
  static const auto real = next<int(clockid_t, timespec*)>("clock_gettime");
  static std::atomic<long> looks{0};
  // A sanitizer looks at it before there is memory to make the shim in.
  if (!made || the().below.empty() ||
      (clock != CLOCK_MONOTONIC && clock != CLOCK_THREAD_CPUTIME_ID)) {
    return real(clock, now);
  }
  if (clock == CLOCK_THREAD_CPUTIME_ID) {
    *now = {};
    return 0;
  }
  const long look = ++looks;
  if (look % 100 == 0) wait_for_others();
  *now = {.tv_sec = 1'000'000 + look / 1000, .tv_nsec = look % 1000 * 1'000'000};
  return 0;
}

}  // extern "C"
