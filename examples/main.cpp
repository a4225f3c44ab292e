// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The example program: the library's command line, with the seed job's MNIST rows linked in.

#include <unistd.h>

#include "gpu.hpp"
#include "mnist.hpp"
#include "sweepnet/app/program.hpp"

int main(int argc, char** argv) {
  return sweepnet::app::main<sweepnet::paramset>(argc, argv, environ, {embedded_mnist()}, gpu());
}
