// SPDX-License-Identifier: Apache-2.0
#include "evidence/warning_lists.h"

namespace plumbline::evidence {
namespace {
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum IndicatorKind;

TEST(WarningLists, BuiltInOnesAreOfRfcs) {
    const WarningLists lists = WarningLists::built_in();
    EXPECT_EQ(lists.size(), 6U);
    for (const char* address : {"192.0.2.1", "198.51.100.255", "203.0.113.0"}) EXPECT_THAT(lists.names_for(ipv4, address), ElementsAre("Documentation (RFC 5737, 3849, 9637)")) << address;
    EXPECT_THAT(lists.names_for(ipv6, "2001:db8::1"), ElementsAre("Documentation (RFC 5737, 3849, 9637)"));
    EXPECT_THAT(lists.names_for(url, "http://192.168.1.1:8080/x"), ElementsAre("Private addresses (RFC 1918, 4193, 6598)"));
    EXPECT_THAT(lists.names_for(url, "http://jo@[fd00::1]/x"), ElementsAre("Private addresses (RFC 1918, 4193, 6598)"));
    EXPECT_THAT(lists.names_for(domain, "www.example.org"), ElementsAre("Reserved names (RFC 2606, 6761)"));
    EXPECT_THAT(lists.names_for(email, "Jo@Mail.Example.COM"), ElementsAre("Reserved names (RFC 2606, 6761)"));
    for (const char* address : {"192.0.3.0", "8.8.8.8", "172.32.0.1", "172.15.255.255", "11.0.0.0", "223.255.255.255"}) EXPECT_THAT(lists.names_for(ipv4, address), IsEmpty()) << address;
    for (const char* name : {"notexample.com", "example.com.evil.org", "com", "testing"}) EXPECT_THAT(lists.names_for(domain, name), IsEmpty()) << name;
    EXPECT_THAT(lists.names_for(ipv6, "::ffff:10.0.0.1"), ElementsAre("Private addresses (RFC 1918, 4193, 6598)"));
    EXPECT_THAT(lists.names_for(md5, "d41d8cd98f00b204e9800998ecf8427e"), IsEmpty());
}

TEST(WarningLists, FourTypesOfMisp) {
    WarningLists lists;
    EXPECT_TRUE(lists.load(R"({"name":"Empty hashes","type":"string","version":1,"description":"x","matching_attributes":["md5","filename|md5"],"list":["D41D8CD98F00B204E9800998ECF8427E"]})"));
    EXPECT_TRUE(lists.load(R"({"name":"Big sites","type":"hostname","matching_attributes":["domain","hostname","url"],"list":[".big.example.","shop.example/"]})"));
    EXPECT_TRUE(lists.load(R"({"name":"Shorteners","type":"substring","list":["://sho.rt/",""]})"));
    EXPECT_TRUE(lists.load(R"({"name":"Resolvers","type":"cidr","matching_attributes":["ip-src","ip-dst","domain|ip"],"list":["8.8.8.8","8.8.4.4/32","2001:4860:4860::8888"]})"));
    EXPECT_THAT(lists.names_for(md5, "d41d8cd98f00b204e9800998ecf8427e"), ElementsAre("Empty hashes"));
    EXPECT_THAT(lists.names_for(sha1, "d41d8cd98f00b204e9800998ecf8427e"), IsEmpty());
    EXPECT_THAT(lists.names_for(domain, "a.b.big.example"), ElementsAre("Big sites"));
    EXPECT_THAT(lists.names_for(url, "https://SHOP.example/cart"), ElementsAre("Big sites"));
    EXPECT_THAT(lists.names_for(email, "jo@big.example"), IsEmpty());
    EXPECT_THAT(lists.names_for(url, "https://sho.rt/x"), ElementsAre("Shorteners"));
    EXPECT_THAT(lists.names_for(url, "https://other.example/x"), IsEmpty());
    EXPECT_THAT(lists.names_for(ipv4, "8.8.8.8"), ElementsAre("Resolvers"));
    EXPECT_THAT(lists.names_for(ipv6, "2001:4860:4860::8888"), ElementsAre("Resolvers"));
    EXPECT_THAT(lists.names_for(ipv4, "8.8.8.9"), IsEmpty());
}

TEST(WarningLists, WhatIsNoListIsRefusedAndNothingAdded) {
    WarningLists lists;
    const std::pair<const char*, ErrorKind> wrong[] = {
        {"", ErrorKind::invalid}, {"[]", ErrorKind::invalid}, {"{}", ErrorKind::invalid}, {R"({"name":"a","type":"string"})", ErrorKind::invalid}, {R"({"name":"a","type":"string","list":[1]})", ErrorKind::invalid},
        {R"({"name":"a","type":"cidr","list":["1.2.3.0/33"]})", ErrorKind::invalid}, {R"({"name":"a","type":"cidr","list":["1.2.3"]})", ErrorKind::invalid}, {R"({"name":"","type":"string","list":[]})", ErrorKind::invalid},
        {R"({"name":"a","type":"regex","list":["(a+)+$"]})", ErrorKind::unsupported}, {R"({"name":"a","type":"other","list":[]})", ErrorKind::unsupported}};
    for (const auto& [json, kind] : wrong) {
        const Result<std::string> loaded = lists.load(json);
        EXPECT_TRUE(!loaded && loaded.error().kind == kind) << json;
    }
    std::string many = R"({"name":"a","type":"substring","list":[)";
    for (std::size_t i = 0; i <= WarningLists::substrings_max; ++i) many += fmt::format("{}\"{}\"", i == 0 ? "" : ",", i);
    const Result<std::string> loaded = lists.load(many + "]}");
    EXPECT_TRUE(!loaded && loaded.error().kind == ErrorKind::too_large);
    EXPECT_EQ(lists.size(), 0U);
}

TEST(WarningLists, OverlappingRangesAreOne) {
    WarningLists lists;
    EXPECT_TRUE(lists.load(R"({"name":"a","type":"cidr","list":["10.0.0.0/8","10.1.0.0/16","0.0.0.0/0","10.1.2.3","::/0"]})"));
    for (const char* address : {"10.255.255.255", "10.1.2.4", "0.0.0.1", "255.255.255.255"}) EXPECT_THAT(lists.names_for(ipv4, address), ElementsAre("a"));
    EXPECT_THAT(lists.names_for(ipv6, "ffff::"), ElementsAre("a"));
}

}  // namespace
}  // namespace plumbline::evidence
