// Numbers and times as they leave.
#include "messages/writer.hpp"

#include "messages/v16.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace ladestrom::messages {
namespace {

std::string number(double value)
{
    std::string out;
    append_number(out, value);
    return out;
}

std::string decimal(Decimal value)
{
    std::string out;
    append_decimal(out, value);
    return out;
}

std::string instant(std::string_view text)
{
    std::string out;
    append_instant(out, *parse_instant(text));
    return out;
}

TEST(Writer, NumbersAreAsShortAsTheyCanBe)
{
    EXPECT_EQ(number(16), "16");
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(-2.5), "-2.5");
    EXPECT_EQ(number(1e100), "1e+100");
    EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "0");
    EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "0");
}

TEST(Writer, DecimalsHaveOneFractionDigit)
{
    EXPECT_EQ(decimal(16.04), "16");
    EXPECT_EQ(decimal(16.06), "16.1");
    EXPECT_EQ(decimal(-0.06), "-0.1");
    EXPECT_EQ(decimal(0.1 + 0.2), "0.3");
    EXPECT_EQ(decimal(1e6 / 3), "333333.3");
    EXPECT_EQ(Decimal(0.1 + 0.2), Decimal(0.3));
}

TEST(Writer, TimesAreUtcWithMilliseconds)
{
    EXPECT_EQ(instant("2024-02-29T23:59:59.9999+01:30"), "\"2024-02-29T22:29:59.999Z\"");
    EXPECT_EQ(instant("1970-01-01T00:00:00Z"), "\"1970-01-01T00:00:00.000Z\"");
    for (const std::string_view text : {"2026-11-21T09:30:00.007Z", "9999-12-31T23:59:59.999Z"}) {
        EXPECT_EQ(instant(text), "\"" + format_instant(*parse_instant(text)) + "\"");
    }
}

TEST(Writer, AbsentFieldsAreLeftOut)
{
    EXPECT_EQ(encode(v16::HeartbeatRequest{}), "{}");
    EXPECT_EQ(encode(v16::GetConfigurationRequest{}), "{}");
    EXPECT_EQ(encode(v16::GetConfigurationRequest{.key = std::vector<std::string>{}}), R"({"key":[]})");
    EXPECT_EQ(encode(v16::DataTransferResponse{.status = v16::DataTransferStatus::UnknownVendorId}),
              R"({"status":"UnknownVendorId"})");
}

TEST(Writer, AppendsToWhatIsThere)
{
    std::string out = "[2,\"1\",\"Reset\",";
    Codec<v16::ResetRequest>::encode({.type = v16::ResetType::Soft}, OcppVersion::v1_6, out);
    EXPECT_EQ(out, R"([2,"1","Reset",{"type":"Soft"})");
}

}  // namespace
}  // namespace ladestrom::messages
