// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

// The files of data/mnist, where the assembler is told to look, as read-only bytes.

  .macro embed name, file
  .global \name, \name\()_end
  .balign 16
\name:
  .incbin "\file"
\name\()_end:
  .byte 0
  .endm

  .section .rodata
  embed mnist_train_images, train-images-idx3-ubyte.gz
  embed mnist_train_labels, train-labels-idx1-ubyte.gz
  embed mnist_test_images, t10k-images-idx3-ubyte.gz
  embed mnist_test_labels, t10k-labels-idx1-ubyte.gz

  .section .note.GNU-stack, "", %progbits
