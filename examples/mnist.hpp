// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The first 10,000 training rows and the 10,000 test rows of MNIST, linked in by mnist.S.

#include <cstddef>

#include "sweepnet/data/catalog.hpp"

extern "C" {
extern const unsigned char mnist_train_images[], mnist_train_images_end[];
extern const unsigned char mnist_train_labels[], mnist_train_labels_end[];
extern const unsigned char mnist_test_images[], mnist_test_images_end[];
extern const unsigned char mnist_test_labels[], mnist_test_labels_end[];
}

inline sweepnet::embedded_dataset embedded_mnist() {
  return {.name = "mnist",
          .train_rows = 10000,
          .train_images = {mnist_train_images, mnist_train_images_end},
          .train_labels = {mnist_train_labels, mnist_train_labels_end},
          .test_images = {mnist_test_images, mnist_test_images_end},
          .test_labels = {mnist_test_labels, mnist_test_labels_end}};
}
