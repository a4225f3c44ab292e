// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Each create, write, sync and rename of a run fails once, or the process dies in the midst of it;
// then the run goes on.

#include <cerrno>
#include <cstring>
#include <string>

#include "runs.hpp"

using testing::crash_site;
using testing::ending;

namespace {

struct fault {
  std::string operation;
  int error;  ///< 0: SIGKILL
};

}  // namespace

TEST_CASE("a failing file operation loses nothing, says what failed, and the run goes on later") {
  const crash_site site;
  for (const fault& each : {fault{"write", 0}, fault{"write", ENOSPC}, fault{"write", EIO},
                            fault{"fsync", 0}, fault{"fsync", EIO}, fault{"rename", 0},
                            fault{"rename", EACCES}, fault{"create", 0}, fault{"create", EROFS}}) {
    bool hit = true;
    for (int at = 1; hit && at <= 6; ++at) {
      const std::string how = each.error == 0 ? "kill" : std::to_string(each.error);
      const std::string name = each.operation + "-" + std::to_string(at) + "-" + how;
      const std::string chosen =
          "SWEEPNET_FAULT=" + each.operation + ":" + std::to_string(at) + ":" + how;
      const ending broken = site.run(name, {chosen, "LD_PRELOAD=" SWEEPNET_FAULT_SHIM,
                                            "ASAN_OPTIONS=verify_asan_link_order=0"});
      INFO(name << ": " << broken.err);
      site.check_whole(name);
      hit = broken.code != 0;
      if (each.error == 0) {
        CHECK((!hit || broken.signal == SIGKILL));
      } else if (hit) {
        CHECK(broken.code == (each.operation == "create" ? 73 : 74));
        CHECK(broken.err.find(std::strerror(each.error)) != std::string::npos);
        CHECK(broken.err.find(site.output(name).string()) != std::string::npos);
      }
      CHECK((hit || at > 1));
      CHECK(site.run(name).code == 0);
      site.check_equal_to_calm(name);
      site.clear(name);
    }
  }
}

TEST_CASE("a run whose output directory vanishes makes it anew, or says what failed") {
  const crash_site site;
  testing::process run = site.start("vanished");
  testing::sleep_for(0.5 * site.seconds());
  if (std::filesystem::exists(site.output("vanished"))) {
    std::filesystem::rename(site.output("vanished"), site.output("away"));
  }
  const ending how = run.wait();
  INFO(how.err);
  if (how.code != 0) {  // it vanished in the midst of a write
    CHECK((how.code == 73 || how.code == 74));
    CHECK(how.err.find(site.output("vanished").string()) != std::string::npos);
    CHECK(site.run("vanished").code == 0);
  }
  CHECK(std::filesystem::exists(site.output("vanished") / crash_site::model));
  CHECK(std::filesystem::exists(site.output("vanished") / "result_0.json"));
}
