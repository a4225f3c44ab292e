// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// Any bytes as a run's result, among outputs that others may have written: its status is told, and
// whatever a report makes of it.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "sweepnet/core/error.hpp"
#include "sweepnet/report/csv.hpp"
#include "sweepnet/report/epoch_lines.hpp"
#include "sweepnet/report/importance.hpp"
#include "sweepnet/report/optuna_journal.hpp"
#include "sweepnet/report/page_data.hpp"
#include "sweepnet/report/sweep_report.hpp"
#include "sweepnet/report/tensorboard.hpp"
#include "sweepnet/run/sweep_status.hpp"
#include "sweepnet/sweep/sweep_file.hpp"

using namespace sweepnet;

namespace {

/// A directory in memory, if there is such a place, that ends with the process.
class outputs {
 public:
  outputs() {
    const bool memory = std::filesystem::exists("/dev/shm");
    std::string name = memory ? "/dev/shm/sweepnet-XXXXXX" : "/tmp/sweepnet-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
    std::ofstream(path_ / "m.h5") << "weights";
  }
  outputs(const outputs&) = delete;  // one owner removes it
  outputs& operator=(const outputs&) = delete;
  ~outputs() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const outputs place;
  std::ofstream(place.path() / "result_1.json", std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    const sweep_status status = read_sweep_status(
        place.path().string(), std::nullopt, {.models_up_to = SIZE_MAX, .states_up_to = SIZE_MAX});
    if (status.empty() || status.size() > most_paramsets) std::abort();
  } catch (const unknown_sweep_size&) {  // where no result tells it
  } catch (const data_error& e) {        // or the only one tells of a space too large to be listed
    if (std::string(e.what()).find("of which none lists more than") == std::string::npos) throw;
  }
  try {
    const report::sweep_report told = report::read_sweep_report(place.path().string());
    if (report::page_data({{.report = told}}).find('<') != std::string::npos) std::abort();
    (void)report::importances_of(told, {.least_runs = 1, .samples = 1});
    (void)report::csv_table(told);
    (void)report::epoch_lines(told);
    (void)report::optuna_journal(told);
    for (std::size_t i = 0; i < told.runs.size(); ++i) (void)report::event_files_of(told, i);
  } catch (const unknown_sweep_size&) {
  }
  return 0;
}
