// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The library's storage as a command, for the tests in Python on the other side of a server.
//
//   transfer put FILE LOCATION | new FILE LOCATION | get LOCATION FILE | list LOCATION
//   transfer parts FILE s3://...      written in parts of 5 MiB
//   transfer stream s3://...          read piece by piece; prints SHA-256 and bytes
//   transfer exchange DIRECTORY s3://...   each file written, read back and compared

#include <unistd.h>

#include <iostream>
#include <string>

#include "sweepnet/core/environment.hpp"
#include "sweepnet/storage/aws/s3.hpp"
#include "sweepnet/storage/store.hpp"

namespace {

using namespace sweepnet;
using namespace sweepnet::storage;

/// Prints a line for each file that failed, and how many went through.
int exchange(const std::string& directory, const std::string& to) {
  s3_client client(read_environment(environ), {},
                   {.attempts = 12, .first_pause = 0.02, .longest_pause = 0.2});
  int failed = 0;
  int whole = 0;
  for (const std::string& name : list(directory)) {
    const std::string content = read(directory + "/" + name);
    const location place = location(join_location(to, name));
    try {
      client.write(place, content);
      if (client.read(place) != content) throw data_error(place.shown() + ": came back changed");
      ++whole;
    } catch (const error& e) {
      std::cout << "failed: " << e.what() << "\n";
      ++failed;
    }
  }
  std::cout << "whole: " << whole << "\n";
  return failed == 0 ? 0 : 1;
}

int run(const std::vector<std::string>& words) {
  const std::string& verb = words.at(0);
  if (verb == "put") {
    write(words.at(2), read(words.at(1)));
  } else if (verb == "new") {
    return write_new(words.at(2), read(words.at(1))) ? 0 : 3;
  } else if (verb == "get") {
    write(words.at(2), read(words.at(1)));
  } else if (verb == "list") {
    for (const std::string& name : list(words.at(1))) std::cout << name << "\n";
  } else if (verb == "parts") {
    constexpr std::size_t five = std::size_t{5} << 20;
    s3_client client(read_environment(environ), {.multipart_from = five, .part = five});
    client.write(location(words.at(2)), read(words.at(1)));
  } else if (verb == "stream") {
    s3_client client(read_environment(environ));
    hasher hash(EVP_sha256());
    std::size_t size = 0;
    client.read(location(words.at(1)), [&](std::string_view bytes) {
      hash.add(bytes);
      size += bytes.size();
    });
    std::cout << hexadecimal(hash.finish()) << " " << size << "\n";
  } else {
    return exchange(words.at(1), words.at(2));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const error& e) {
    std::cerr << e.what() << "\n";
    return static_cast<int>(e.code());
  }
}
