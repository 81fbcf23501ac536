// Tolerant mode: what real stations and backends send, one row each. Every row is refused in strict mode.
#include "messages/test_support.hpp"
#include "messages/v16.hpp"

#include <string>

namespace ladestrom::messages {
namespace {

struct Row {
    std::string_view name;
    std::string_view action;
    bool response;
    std::string text;
    std::string_view counter;
    std::uint64_t count = 1;
};

std::string sample(std::string_view fields)
{
    return R"({"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1"},{)" +
           std::string(fields) + "}]}]}";
}

std::string status_at(std::string_view time)
{
    return R"({"connectorId":1,"errorCode":"NoError","status":"Available","timestamp":")" +
           std::string(time) + "\"}";
}

std::string status_error(std::string_view code)
{
    return R"({"connectorId":1,"errorCode":")" + std::string(code) + R"(","status":"Available"})";
}

const std::string wrong_measurand = sample(R"("value":"2","measurand":"Vendor.Something")");

const Row rows[] = {
    {"time without zone", "StatusNotification", false, status_at("2026-01-01T00:00:00"),
     "tolerance.time_without_zone"},
    {"time with +02", "StatusNotification", false, status_at("2026-01-01T00:00:00+02"),
     "tolerance.short_offset"},
    {"time with -0230", "StatusNotification", false, status_at("2026-01-01T00:00:00.5-0230"),
     "tolerance.short_offset"},
    {"time \"0\"", "StatusNotification", false, status_at("0"), "tolerance.time_zero"},
    {"numeric sampledValue", "MeterValues", false, sample(R"("value":230.5)"), "tolerance.number_for_string"},
    {"integer configuration value", "GetConfiguration", true,
     R"({"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":300}]})",
     "tolerance.number_for_string"},
    {"boolean configuration value", "GetConfiguration", true,
     R"({"configurationKey":[{"key":"LocalPreAuthorize","readonly":false,"value":true}]})",
     "tolerance.boolean_for_string"},
    {"readonly as text", "GetConfiguration", true, R"({"configurationKey":[{"key":"A","readonly":"True"}]})",
     "tolerance.string_for_boolean"},
    {"integer as text", "UnlockConnector", false, R"({"connectorId":"1"})", "tolerance.string_for_number"},
    {"integer with a decimal point", "UnlockConnector", false, R"({"connectorId":1.0})",
     "tolerance.float_for_integer"},
    {"object for array", "GetConfiguration", true, R"({"configurationKey":{"key":"A","readonly":true}})",
     "tolerance.object_for_array"},
    {"empty list", "GetInstalledCertificateIds", true, R"({"status":"NotFound","certificateHashData":[]})",
     "tolerance.empty_array"},
    {"null for an absent field", "StopTransaction", false,
     R"({"idTag":null,"meterStop":1,"timestamp":"2026-01-01T00:00:00Z","transactionId":1})",
     "tolerance.null_for_absent"},
    {"unit Hz", "MeterValues", false, sample(R"("value":"50","measurand":"Frequency","unit":"Hz")"),
     "tolerance.unknown_enum"},
    {"error code Error", "StatusNotification", false, status_error("Error"), "tolerance.unknown_enum"},
    {"unknown reason", "StopTransaction", false,
     R"({"meterStop":1,"timestamp":"2026-01-01T00:00:00Z","transactionId":1,"reason":"Bored"})",
     "tolerance.unknown_enum"},
    {"bad context", "MeterValues", false, sample(R"("value":"1","context":"Sometimes")"),
     "tolerance.unknown_enum"},
    {"private measurand", "MeterValues", false, wrong_measurand, "tolerance.dropped_item"},
    {"unknown unit", "MeterValues", false, sample(R"("value":"1","unit":"MWh")"), "tolerance.dropped_item"},
    {"unknown phase", "MeterValues", false, sample(R"("value":"1","phase":"L4")"), "tolerance.dropped_item"},
    {"unit in the wrong case", "MeterValues", false, sample(R"("value":"1","unit":"KWh")"),
     "tolerance.enum_case"},
    {"overlong serial number", "BootNotification", false,
     R"({"chargePointVendor":"v","chargePointModel":"m","chargePointSerialNumber":"12345678901234567890123456"})",
     "tolerance.overlong_string"},
    {"unknown fields", "Authorize", false, R"({"idTag":"1","a":{"b":[1]},"c":null})",
     "tolerance.unknown_field", 2},
    {"too many digits", "SetChargingProfile", false,
     R"({"connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,)"
     R"("chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":)"
     R"({"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":15.99}]}}})",
     "tolerance.decimal_precision"},
    {"not a URI", "GetDiagnostics", false, R"({"location":"ftp.example.com/my folder"})",
     "tolerance.bad_uri"},
};

Decoded<void> checked(const Row& row, const DecodeContext& context)
{
    JsonParser parser;
    const auto payload = parser.parse(row.text);
    if (!payload) return DecodeError{ErrorCode::internal_error, "", payload.error().message};
    return row.response ? v16::validate_response(row.action, *payload, context)
                        : v16::validate_request(row.action, *payload, context);
}

TEST(Tolerant, AcceptsAndCountsWhatStrictRefuses)
{
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const auto strict = checked(row, {});
        ASSERT_FALSE(strict);
        EXPECT_NE(strict.error().code, ErrorCode::internal_error);
        Counters counters;
        const auto tolerant = checked(row, {.mode = Mode::tolerant, .tolerances = &counters});
        ASSERT_TRUE(tolerant) << tolerant.error().path << ": " << tolerant.error().message;
        EXPECT_EQ(counters.get(row.counter), row.count);
        EXPECT_EQ(counters.all().size(), 1U);
        EXPECT_TRUE(checked(row, {.mode = Mode::tolerant})) << "without counters";
    }
}

TEST(Tolerant, AcceptsWithoutANoteWhatTheSchemasAllow)
{
    const Row allowed[] = {
        {"empty vendor", "BootNotification", false, R"({"chargePointVendor":"","chargePointModel":""})", ""},
        {"empty sampledValue", "MeterValues", false,
         R"({"connectorId":1,"meterValue":[{"timestamp":"1970-01-01T00:00:00Z","sampledValue":[]}]})", ""},
        {"Celcius", "MeterValues", false, sample(R"("value":"1","unit":"Celcius")"), ""},
        {"Celsius", "MeterValues", false, sample(R"("value":"1","unit":"Celsius")"), ""},
    };
    for (const Row& row : allowed) {
        Counters counters;
        EXPECT_TRUE(checked(row, {})) << row.name;
        EXPECT_TRUE(checked(row, {.mode = Mode::tolerant, .tolerances = &counters})) << row.name;
        EXPECT_TRUE(counters.all().empty()) << row.name;
    }
}

TEST(Tolerant, StillRefuses)
{
    const Row refused[] = {
        {"duplicate field", "Authorize", false, R"({"idTag":"1","idTag":"1"})", ""},
        {"missing field", "Authorize", false, "{}", ""},
        {"null in a required field", "Authorize", false, R"({"idTag":null})", ""},
        {"unknown status", "StatusNotification", false,
         R"({"connectorId":1,"errorCode":"NoError","status":"Sleeping"})", ""},
        {"object for string", "Authorize", false, R"({"idTag":{}})", ""},
        {"words for an integer", "UnlockConnector", false, R"({"connectorId":"one"})", ""},
        {"fraction for an integer", "UnlockConnector", false, R"({"connectorId":1.5})", ""},
        {"string for a list", "GetConfiguration", false, R"({"key":"A"})", ""},
        {"array for the payload", "Heartbeat", false, "[]", ""},
        {"no time at all", "StatusNotification", false, status_at("yesterday"), ""},
        {"empty time", "StatusNotification", false, status_at(""), ""},
        {"words for a boolean", "GetConfiguration", true,
         R"({"configurationKey":[{"key":"A","readonly":"yes"}]})", ""},
    };
    for (const Row& row : refused) EXPECT_FALSE(checked(row, {.mode = Mode::tolerant})) << row.name;
}

template <class T>
T tolerated(const std::string& text)
{
    const auto decoded = decode_text<T>(text, {.mode = Mode::tolerant});
    EXPECT_TRUE(decoded) << text;
    return decoded ? *decoded : T{};
}

TEST(Tolerant, ReadsTimesAsTheyWereMeant)
{
    const auto read = [](std::string_view time) {
        return format_instant(*tolerated<v16::StatusNotificationRequest>(status_at(time)).timestamp);
    };
    EXPECT_EQ(read("2026-01-01T00:00:00"), "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(read("2026-01-01T00:00:00.25"), "2026-01-01T00:00:00.250Z");
    EXPECT_EQ(read("2026-01-01T00:00:00+02"), "2025-12-31T22:00:00.000Z");
    EXPECT_EQ(read("2026-01-01T00:00:00-0230"), "2026-01-01T02:30:00.000Z");
    EXPECT_EQ(read("0"), "1970-01-01T00:00:00.000Z");
}

TEST(Tolerant, LeavesOutNoMoreThanItMust)
{
    const auto dropped = tolerated<v16::MeterValuesRequest>(wrong_measurand);
    ASSERT_EQ(dropped.meter_value.size(), 1U);
    ASSERT_EQ(dropped.meter_value[0].sampled_value.size(), 1U);
    EXPECT_EQ(dropped.meter_value[0].sampled_value[0].value, "1");

    const auto hertz =
        tolerated<v16::MeterValuesRequest>(sample(R"("value":"50","measurand":"Frequency","unit":"Hz")"));
    const auto& frequency = hertz.meter_value.at(0).sampled_value.at(1);
    EXPECT_EQ(frequency.measurand, v16::Measurand::Frequency);
    EXPECT_EQ(frequency.unit, std::nullopt);

    const auto context = tolerated<v16::MeterValuesRequest>(sample(R"("value":"1","context":"Sometimes")"));
    EXPECT_EQ(context.meter_value.at(0).sampled_value.at(1).context, std::nullopt);
}

TEST(Tolerant, ReadsValuesAsTheyWereMeant)
{
    EXPECT_EQ(tolerated<v16::StatusNotificationRequest>(status_error("Error")).error_code,
              v16::ChargePointErrorCode::OtherError);
    EXPECT_EQ(tolerated<v16::MeterValuesRequest>(sample(R"("value":230.5)"))
                  .meter_value.at(0)
                  .sampled_value.at(1)
                  .value,
              "230.5");
    EXPECT_EQ(tolerated<v16::ChangeConfigurationRequest>(R"({"key":"a","value":300})").value, "300");
    EXPECT_EQ(tolerated<v16::UnlockConnectorRequest>(R"({"connectorId":"-7"})").connector_id, -7);
    EXPECT_EQ(tolerated<v16::MeterValuesRequest>(sample(R"("value":"1","unit":"KWh")"))
                  .meter_value.at(0)
                  .sampled_value.at(1)
                  .unit,
              v16::UnitOfMeasure::kWh);
    EXPECT_EQ(tolerated<v16::AuthorizeRequest>(R"({"idTag":"123456789012345678901"})").id_tag,
              "123456789012345678901");
}

TEST(Tolerant, RoundsLimitsDown)
{
    const auto limit = [](std::string_view number) {
        return tolerated<v16::ChargingSchedulePeriod>(R"({"startPeriod":0,"limit":)" + std::string(number) +
                                                      "}")
            .limit;
    };
    EXPECT_EQ(limit("15.99"), Decimal(15.9));
    EXPECT_EQ(limit("15.94"), Decimal(15.9));
    EXPECT_EQ(limit("6.9999999"), Decimal(7));
    EXPECT_EQ(limit("\"16.5\""), Decimal(16.5));
}

}  // namespace
}  // namespace ladestrom::messages
