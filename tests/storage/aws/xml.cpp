// SPDX-FileCopyrightText: 2026 The sweepnet authors
// SPDX-License-Identifier: Apache-2.0

#include "sweepnet/storage/aws/xml.hpp"

#include <ctime>
#include <string>

#include "catch.hpp"

using namespace sweepnet::storage;

TEST_CASE("the parts of an S3 error are found by name") {
  const std::string xml =
      "<?xml version=\"1.0\"?><Error xmlns=\"x\"><Code>NoSuchKey</Code><Message>a &lt;b&gt; "
      "&amp;amp;"
      "</Message><Key>&#x1234;&#228;&#65;&#x1F600;&quot;</Key></Error>";
  CHECK(xml_text(xml, "Code") == "NoSuchKey");
  CHECK(xml_text(xml, "Message") == "a <b> &amp;");
  CHECK(xml_text(xml, "Key") ==
        "\xE1\x88\xB4\xC3\xA4"
        "A\xF0\x9F\x98\x80\"");
  CHECK(xml_text(xml, "RequestId").empty());
}

TEST_CASE("elements of one name come in order, others that begin alike do not") {
  const std::string xml = "<L><C><K>1</K></C><CommonPrefixes/><C a='b'><K>2</K></C><C>broken</L>";
  const auto found = xml_elements(xml, "C");
  REQUIRE(found.size() == 2);
  CHECK(xml_text(found[1], "K") == "2");
  CHECK(xml_unescaped("a & b;&unknown;&amp;&") == "a & b;&unknown;&&");
  CHECK(xml_elements("<C", "C").empty());
}

TEST_CASE("an answer that begins everything and ends nothing is read in time") {
  const std::clock_t begun = std::clock();
  constexpr std::size_t size = std::size_t{4} << 20;
  const std::string references(size, '&');
  CHECK(xml_unescaped(references + ";") == references + ";");
  std::string tags;
  while (tags.size() < size) tags += "<Cx";
  CHECK(xml_elements(tags + ">", "C").empty());
  CHECK((std::clock() - begun) / CLOCKS_PER_SEC <
        10);  // of the processor; minutes, if each is sought
}
