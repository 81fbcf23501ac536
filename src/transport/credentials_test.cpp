#include "transport/credentials.hpp"

#include <gtest/gtest.h>

namespace ladestrom::transport {
namespace {

using namespace std::string_literals;

TEST(Base64, TakesWhatIsWellFormedOnly)
{
    EXPECT_EQ(decode_base64(""), "");
    EXPECT_EQ(decode_base64("Zg=="), "f");
    EXPECT_EQ(decode_base64("Zm8="), "fo");
    EXPECT_EQ(decode_base64("Zm9v"), "foo");
    EXPECT_EQ(decode_base64("Zm8"), "fo");
    EXPECT_EQ(decode_base64("AA=="), "\0"s);
    EXPECT_EQ(decode_base64("Z"), std::nullopt);
    EXPECT_EQ(decode_base64("Zg==Zg=="), std::nullopt);
    EXPECT_EQ(decode_base64("Zm 9v"), std::nullopt);
    EXPECT_EQ(decode_base64("Zm-_"), std::nullopt);
}

TEST(Base64, AllBytesSurvive)
{
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    }
}

TEST(Identity, IsTheLastSegmentDecoded)
{
    EXPECT_EQ(identity_of_target("/ocpp/CP%20001"), "CP 001");
    EXPECT_EQ(identity_of_target("/a/b/c/RDAM%7C123?x=/y"), "RDAM|123");
    EXPECT_EQ(identity_of_target("/ocpp/CP1/"), "CP1");
    EXPECT_EQ(identity_of_target("/a%2Fb"), "a/b");
    EXPECT_EQ(identity_of_target("/"), "");
    EXPECT_EQ(identity_of_target("/ocpp/%zz"), std::nullopt);
    EXPECT_EQ(identity_of_target("/ocpp/%4"), std::nullopt);
}

TEST(Basic, SplitsBehindTheKnownIdentity)
{
    auto const password = "\x00\x01:\xff\xfe:0123456789"s;
    EXPECT_EQ(decode_basic(encode_basic("CP:1", password), "CP:1"), std::pair("CP:1"s, password));
    EXPECT_EQ(decode_basic(encode_basic("other", "a:b"), "CP:1"), std::pair("other"s, "a:b"s));
    // The identity is only a prefix of the user here.
    EXPECT_EQ(decode_basic(encode_basic("CP12", "pw"), "CP1"), std::pair("CP12"s, "pw"s));
    EXPECT_EQ(decode_basic("bAsIc Q1AxOnB3", "CP1"), std::pair("CP1"s, "pw"s));
}

TEST(Basic, RefusesWhatIsNotBasic)
{
    EXPECT_EQ(decode_basic("Bearer abc", "CP1"), std::nullopt);
    EXPECT_EQ(decode_basic("Basic", "CP1"), std::nullopt);
    EXPECT_EQ(decode_basic("Basic %%%", "CP1"), std::nullopt);
    EXPECT_EQ(decode_basic("Basic Q1Ax", "CP1"), std::nullopt);  // no colon
}

TEST(Subprotocols, AreAList)
{
    EXPECT_EQ(subprotocols_of("ocpp2.0.1, ocpp1.6"), (std::vector<std::string>{"ocpp2.0.1", "ocpp1.6"}));
    EXPECT_EQ(subprotocols_of(" ,, ocpp1.6 ,"), (std::vector<std::string>{"ocpp1.6"}));
    EXPECT_TRUE(subprotocols_of("").empty());
}

}  // namespace
}  // namespace ladestrom::transport
