// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/core/text.hpp"

#include "catch.hpp"
#include "sweepnet/describe/names.hpp"

using namespace sweepnet;

namespace {
enum class shade { light, dark };
}  // namespace

template <>
inline constexpr auto sweepnet::enum_names<shade> = sweepnet::name_table<shade, 3>{
    {{"light", shade::light}, {"dark", shade::dark}, {"dim", shade::dark}}};

TEST_CASE("numbers are read whole, in decimal, without a locale") {
  CHECK(parse_number<double>("1e-3") == 1e-3);
  CHECK(parse_number<double>("+.5") == 0.5);
  CHECK(parse_number<std::int64_t>("-12") == -12);
  CHECK(parse_number<std::int64_t>("+12") == 12);
  CHECK_FALSE(parse_number<std::int64_t>("+-12"));
  CHECK_FALSE(parse_number<std::int64_t>("12 "));
  CHECK_FALSE(parse_number<std::int64_t>("1e3"));
  CHECK_FALSE(parse_number<std::int64_t>("99999999999999999999"));
  CHECK_FALSE(parse_number<std::uint64_t>("-1"));
  CHECK_FALSE(parse_number<double>("0,5"));
  CHECK_FALSE(parse_number<double>(""));
}

TEST_CASE("edit distance counts a swap of neighbours as one edit") {
  CHECK(edit_distance("epochs", "epochs") == 0);
  CHECK(edit_distance("epocsh", "epochs") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is suggested, or all are listed") {
  const std::vector<std::string_view> names = {"batch_size", "epochs", "optimizer"};
  CHECK(did_you_mean("batchsize", names) == " (did you mean 'batch_size'?)");
  CHECK(did_you_mean("Epoch", names) == " (did you mean 'epochs'?)");
  CHECK(did_you_mean("zzz", names) == " (known: batch_size, epochs, optimizer)");
  CHECK(did_you_mean(std::string(1000, 'x'), names) == " (known: batch_size, epochs, optimizer)");
}

TEST_CASE("enumerators are known by name and alias in any letter case") {
  CHECK(from_name<shade>("LIGHT") == shade::light);
  CHECK(from_name<shade>("dim") == shade::dark);
  CHECK_FALSE(from_name<shade>("bright"));
  CHECK(name_of(shade::dark) == "dark");
}

TEST_CASE("text of others is shown without control characters and bytes that are no UTF-8") {
  CHECK(printable("plain, caf\u00e9 \U0001f600 \\") == "plain, caf\u00e9 \U0001f600 \\");
  CHECK(printable("a\nb\r\x1b[2J\x7f") == "a\\x0ab\\x0d\\x1b[2J\\x7f");
  CHECK(printable(std::string_view("\0.h5", 4)) == "\\x00.h5");
  CHECK(printable("\u009b2J \u202etxt.exe \u2028") ==
        "\\xc2\\x9b2J \\xe2\\x80\\xaetxt.exe \\xe2\\x80\\xa8");
  CHECK(printable("\xff\xc0\xaf\xed\xa0\x80\xe2\x82") ==
        "\\xff\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82");
  CHECK(printable("one\ntwo\t", "\n") == "one\ntwo\\x09");
  CHECK(has_control_characters("a\nb"));
  CHECK(has_control_characters(std::string_view("\0", 1)));
  CHECK(has_control_characters("\u202e"));
  CHECK_FALSE(has_control_characters("caf\u00e9 \xff"));
}
