// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The device's memory: a range of addresses that is never used twice. Outside of access it cannot
// be touched; inside, the first write to a part of it is caught, so that what a kernel wrote is
// known without a copy of all memory.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "emulated/device.hpp"

namespace emulated {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t part = 16 * page;  ///< what one caught write opens
constexpr std::size_t arena_bytes = std::size_t{1} << 40;
constexpr std::size_t device_bytes = std::size_t{4} << 30;
constexpr std::size_t alignment = 256;

struct allocation {
  std::byte* first;  ///< page
  std::size_t mapped;
  std::size_t bytes;
  [[nodiscard]] std::byte* base() const {
    auto end = reinterpret_cast<std::uintptr_t>(first + mapped - bytes);
    return reinterpret_cast<std::byte*>(end / alignment * alignment);
  }
};

struct written {
  std::byte* first;
  std::size_t bytes;
};

std::byte* map(std::size_t bytes, int protection) {
  void* at = ::mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) defect("no address space");
  return static_cast<std::byte*>(at);
}

struct device_memory {
  std::byte* arena = map(arena_bytes, PROT_NONE);
  std::byte* before = map(arena_bytes, PROT_READ | PROT_WRITE);  ///< the arena as it was
  std::byte* next = arena;
  std::size_t used = 0;
  int poison = make_poison();
  std::map<const std::byte*, allocation> allocations{};  ///< by their first page
  int accesses = 0;
  bool tracks = false;
  std::vector<written> writes{};
  std::string running{};
  struct sigaction other_faults {};

  device_memory() { writes.reserve(1 << 16); }

  static device_memory& self() {
    static auto& only = *new device_memory;  // a handle may be destroyed after main()
    return only;
  }

  /// A file of NaN, mapped where memory is fresh: pages that nobody writes cost nothing.
  static int make_poison() {
    const int file = ::memfd_create("poison", 0);
    const std::vector<unsigned char> ones(std::size_t{1} << 20, 0xff);
    if (file < 0 || ::write(file, ones.data(), ones.size()) != std::ssize(ones)) {
      defect("no file of poison");
    }
    return file;
  }

  const allocation* find(const void* memory) const {
    const auto* at = static_cast<const std::byte*>(memory);
    auto after = allocations.upper_bound(at);
    if (after == allocations.begin()) return nullptr;
    const allocation& found = std::prev(after)->second;
    return at < found.first + found.mapped ? &found : nullptr;
  }

  void on_fault(int signal, siginfo_t* info, void* context) {
    auto* at = static_cast<std::byte*>(info->si_addr);
    if (at < arena || at >= arena + arena_bytes) {
      if ((other_faults.sa_flags & SA_SIGINFO) != 0) {
        other_faults.sa_sigaction(signal, info, context);
      }
      ::signal(SIGSEGV, SIG_DFL);  // which the instruction meets again
      return;
    }
    const allocation* found = find(at);
    if (accesses == 0) defect("memory of the device was touched outside of kernels and copies");
    if (found == nullptr) defect(running + " touched memory that is not allocated");
    if (!tracks || writes.size() == writes.capacity()) defect(running + " wrote too much");
    std::byte* first =
        std::max(arena + (at - arena) / std::ptrdiff_t{part} * std::ptrdiff_t{part}, found->first);
    std::byte* end =
        std::min(arena + ((at - arena) / std::ptrdiff_t{part} + 1) * std::ptrdiff_t{part},
                 found->first + found->mapped);
    const auto bytes = static_cast<std::size_t>(end - first);
    std::memcpy(before + (first - arena), first, bytes);
    protect(first, bytes, PROT_READ | PROT_WRITE);
    writes.push_back({first, bytes});
  }

  static void protect(std::byte* first, std::size_t bytes, int protection) {
    if (::mprotect(first, bytes, protection) != 0) defect("mprotect failed");
  }

  /// Anew each time: the test program may have set its own since.
  void catch_faults() {
    struct sigaction mine {};
    struct sigaction others {};
    mine.sa_flags = SA_SIGINFO | SA_NODEFER;
    mine.sa_sigaction = [](int signal, siginfo_t* info, void* context) {
      self().on_fault(signal, info, context);
    };
    ::sigaction(SIGSEGV, &mine, &others);
    if (others.sa_sigaction != mine.sa_sigaction) other_faults = others;
  }

  void protect_all(int protection) {
    for (const auto& [_, each] : allocations) protect(each.first, each.mapped, protection);
  }

  /// Nothing was written between an allocation's pages' ends and its own.
  static void check_margins(const allocation& a) {
    const auto is_poison = [](std::byte b) { return b == std::byte{0xff}; };
    if (!std::all_of(a.first, a.base(), is_poison) ||
        !std::all_of(a.base() + a.bytes, a.first + a.mapped, is_poison)) {
      defect("something wrote before or behind an allocation of " + std::to_string(a.bytes) +
             " bytes");
    }
  }
};

device_memory& memory() { return device_memory::self(); }

}  // namespace

void* allocate(std::size_t bytes) {
  device_memory& m = memory();
  if (bytes > device_bytes - m.used) return nullptr;
  const std::size_t mapped = (bytes + alignment + page - 1) / page * page;
  if (m.next + mapped + page > m.arena + arena_bytes) defect("all addresses were used");
  allocation a{.first = m.next, .mapped = mapped, .bytes = bytes};
  constexpr std::size_t poison_bytes = std::size_t{1} << 20;
  for (std::size_t at = 0; at < mapped; at += poison_bytes) {
    void* place = a.first + at;
    if (::mmap(place, std::min(poison_bytes, mapped - at), PROT_NONE, MAP_PRIVATE | MAP_FIXED,
               m.poison, 0) != place) {
      defect("mmap failed");
    }
  }
  m.next += mapped + page;
  m.used += bytes;
  m.allocations.emplace(a.first, a);
  count_live(1);
  return a.base();
}

bool release(void* pointer) {
  device_memory& m = memory();
  const allocation* found = m.find(pointer);
  if (found == nullptr || found->base() != pointer) return false;
  const allocation a = *found;
  m.protect(a.first, a.mapped, PROT_READ);
  m.check_margins(a);
  ::mmap(a.first, a.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
         0);
  ::madvise(m.before + (a.first - m.arena), a.mapped, MADV_DONTNEED);
  m.used -= a.bytes;
  m.allocations.erase(a.first);
  count_live(-1);
  return true;
}

std::size_t capacity() { return device_bytes; }
std::size_t allocated() { return memory().used; }

bool is_device(const void* pointer) {
  const device_memory& m = memory();
  return pointer >= m.arena && pointer < m.arena + arena_bytes;
}

void require_extent(const void* pointer, std::size_t bytes, const std::string& whose) {
  const allocation* found = memory().find(pointer);
  const auto* at = static_cast<const std::byte*>(pointer);
  if (found == nullptr || at < found->base() || at + bytes > found->base() + found->bytes) {
    defect(whose + " does not lie in the device's memory: " + std::to_string(bytes) + " bytes");
  }
}

access::access() {
  device_memory& m = memory();
  if (m.accesses++ > 0) return;
  m.catch_faults();
  m.protect_all(how().both_orders ? PROT_READ : PROT_READ | PROT_WRITE);
}
access::~access() {
  device_memory& m = memory();
  if (--m.accesses == 0) m.protect_all(PROT_NONE);
}

void run_tracked(const std::string& name, const std::function<void()>& body,
                 const std::function<void()>& again) {
  device_memory& m = memory();
  m.running = name;
  if (!how().both_orders) {
    body();
    return;
  }
  m.tracks = true;
  m.writes.clear();
  body();
  if (again) {
    std::vector<std::vector<std::byte>> after;
    for (const written& w : m.writes) {
      after.emplace_back(w.first, w.first + w.bytes);
      std::memcpy(w.first, m.before + (w.first - m.arena), w.bytes);
    }
    again();
    for (std::size_t i = 0; i < m.writes.size(); ++i) {
      const written& w = m.writes[i];
      const std::byte* once = i < after.size() ? after[i].data() : m.before + (w.first - m.arena);
      if (std::memcmp(once, w.first, w.bytes) != 0) {
        defect("what " + name + " wrote depends on the order of its threads or blocks");
      }
    }
  }
  for (const written& w : m.writes) m.protect(w.first, w.bytes, PROT_READ);
  m.tracks = false;
}

}  // namespace emulated
