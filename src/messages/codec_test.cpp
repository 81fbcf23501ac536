// Error codes, enums and the table of actions.
#include "messages/codec.hpp"

#include "messages/json.hpp"
#include "messages/v16.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ladestrom::messages {
namespace {

TEST(ErrorCode, IsSpeltAsTheVersionSpellsIt)
{
    EXPECT_EQ(to_string(ErrorCode::format_violation, OcppVersion::v1_6), "FormationViolation");
    EXPECT_EQ(to_string(ErrorCode::format_violation, OcppVersion::v2_0_1), "FormatViolation");
    EXPECT_EQ(to_string(ErrorCode::occurrence_constraint_violation, OcppVersion::v1_6),
              "OccurenceConstraintViolation");
    EXPECT_EQ(to_string(ErrorCode::occurrence_constraint_violation, OcppVersion::v2_1),
              "OccurrenceConstraintViolation");
    EXPECT_EQ(to_string(ErrorCode::rpc_framework_error, OcppVersion::v1_6), "GenericError");
    EXPECT_EQ(to_string(ErrorCode::rpc_framework_error, OcppVersion::v2_0_1), "RpcFrameworkError");
}

TEST(ErrorCode, IsReadInEverySpelling)
{
    EXPECT_EQ(error_code_from("FormationViolation"), ErrorCode::format_violation);
    EXPECT_EQ(error_code_from("FormatViolation"), ErrorCode::format_violation);
    EXPECT_EQ(error_code_from("OccurenceConstraintViolation"), ErrorCode::occurrence_constraint_violation);
    EXPECT_EQ(error_code_from("OccurrenceConstraintViolation"), ErrorCode::occurrence_constraint_violation);
    EXPECT_EQ(error_code_from("NotSupported"), ErrorCode::not_supported);
    EXPECT_EQ(error_code_from("MessageTypeNotSupported"), ErrorCode::message_type_not_supported);
    EXPECT_EQ(error_code_from("GenericError"), ErrorCode::generic_error);
    EXPECT_EQ(error_code_from("SomethingElse"), ErrorCode::generic_error);
}

TEST(Enum, IsSpeltAsOnTheWire)
{
    EXPECT_EQ(to_string(v16::Measurand::Energy_Active_Import_Register), "Energy.Active.Import.Register");
    EXPECT_EQ(to_string(v16::Phase::L1_N), "L1-N");
    EXPECT_EQ(parse_enum<v16::Phase>("L3-L1"), v16::Phase::L3_L1);
    EXPECT_EQ(parse_enum<v16::Phase>("l3-l1"), std::nullopt);
    EXPECT_EQ(parse_enum<v16::Phase>(""), std::nullopt);
    EXPECT_EQ(enum_values<v16::ChargePointStatus>.size(), 9U);
    for (const auto value : enum_values<v16::Measurand>) {
        EXPECT_EQ(parse_enum<v16::Measurand>(to_string(value)), value);
    }
}

TEST(Actions, AreTheEditionsAndTheSecurityExtensions)
{
    const auto actions = v16::actions();
    EXPECT_EQ(std::ranges::count_if(actions, [](const ActionInfo& a) { return !a.security_extension(); }),
              28);
    EXPECT_EQ(std::ranges::count_if(actions, [](const ActionInfo& a) { return a.security_extension(); }), 11);
    EXPECT_TRUE(std::ranges::is_sorted(actions, {}, &ActionInfo::name));
    for (const ActionInfo& action : actions) {
        EXPECT_EQ(v16::find_action(action.name), &action);
        EXPECT_TRUE(action.known_in(OcppVersion::v1_6));
        EXPECT_FALSE(action.known_in(OcppVersion::v2_0_1));
    }
    EXPECT_EQ(v16::find_action("bootNotification"), nullptr);
    EXPECT_EQ(v16::find_action(""), nullptr);
    EXPECT_EQ(v16::find_action("Zzz"), nullptr);
    EXPECT_EQ(v16::find_action("DataTransfer")->sender, Sender::both);
    EXPECT_EQ(v16::find_action("Reset")->sender, Sender::csms);
    EXPECT_EQ(v16::BootNotification::sender, Sender::station);
}

TEST(Actions, ValidatePayloadsByName)
{
    JsonParser parser;
    const auto payload = parser.parse(R"({"type":"Hard"})");
    ASSERT_TRUE(payload);
    EXPECT_TRUE(v16::validate_request("Reset", *payload, {}));
    const auto response = v16::validate_response("Reset", *payload, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::format_violation);
    EXPECT_EQ(response.error().path, "/type");
    const auto unknown = v16::validate_request("Restart", *payload, {});
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_implemented);
}

}  // namespace
}  // namespace ladestrom::messages
