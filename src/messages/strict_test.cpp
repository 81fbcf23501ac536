// Strict mode: each kind of mistake with its code and the place it names.
#include "messages/test_support.hpp"
#include "messages/v16.hpp"

#include <string>

namespace ladestrom::messages {
namespace {

using enum ErrorCode;

struct Row {
    std::string_view action;
    std::string text;
    ErrorCode code;
    std::string_view path;
    std::string_view message;
};

std::string repeated(std::string_view text, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

std::string meter_values(std::string_view sampled_value)
{
    return R"({"connectorId":1,"meterValue":[{"timestamp":"2026-01-01T00:00:00Z","sampledValue":[{"value":"1"},)" +
           std::string(sampled_value) + "]}]}";
}

const Row rows[] = {
    // The payload is not an object.
    {"Heartbeat", "[]", format_violation, "", "the payload is not an object"},
    {"Heartbeat", "null", format_violation, "", "the payload is not an object"},
    {"Heartbeat", "\"{}\"", format_violation, "", "the payload is not an object"},
    // Unknown and repeated fields.
    {"Heartbeat", R"({"a":1})", format_violation, "/a", "not a field of this message"},
    {"Heartbeat", R"({"a/b~c":1})", format_violation, "/a~1b~0c", "not a field of this message"},
    {"Authorize", R"({"idTag":"1","idtag":"1"})", format_violation, "/idtag", "not a field of this message"},
    {"Authorize", R"({"idTag":"1","idTag":"1"})", format_violation, "/idTag", "given twice"},
    {"Authorize", R"({"idTag":"1","id\u0054ag":"2"})", format_violation, "/idTag", "given twice"},
    {"MeterValues", meter_values(R"({"value":"1","unit":"A","unit":"V"})"), format_violation,
     "/meterValue/0/sampledValue/1/unit", "given twice"},
    // Missing fields.
    {"Authorize", "{}", occurrence_constraint_violation, "/idTag", "required, but missing"},
    {"BootNotification", R"({"chargePointVendor":"v"})", occurrence_constraint_violation, "/chargePointModel",
     "required, but missing"},
    {"MeterValues", meter_values("{}"), occurrence_constraint_violation, "/meterValue/0/sampledValue/1/value",
     "required, but missing"},
    // Types.
    {"Authorize", R"({"idTag":1})", type_constraint_violation, "/idTag", "expected a string, found a number"},
    {"Authorize", R"({"idTag":null})", type_constraint_violation, "/idTag", "expected a string, found null"},
    {"UnlockConnector", R"({"connectorId":"1"})", type_constraint_violation, "/connectorId",
     "expected an integer, found a string"},
    {"UnlockConnector", R"({"connectorId":1.0})", type_constraint_violation, "/connectorId",
     "expected an integer, found a number"},
    {"UnlockConnector", R"({"connectorId":1e0})", type_constraint_violation, "/connectorId",
     "expected an integer, found a number"},
    {"UnlockConnector", R"({"connectorId":true})", type_constraint_violation, "/connectorId",
     "expected an integer, found a boolean"},
    {"Reset", R"({"type":1})", type_constraint_violation, "/type", "expected a string, found a number"},
    {"MeterValues", R"({"connectorId":1,"meterValue":{}})", type_constraint_violation, "/meterValue",
     "expected an array, found an object"},
    {"MeterValues", R"({"connectorId":1,"meterValue":[[]]})", type_constraint_violation, "/meterValue/0",
     "expected an object, found an array"},
    {"GetConfiguration", R"({"key":["a",1]})", type_constraint_violation, "/key/1",
     "expected a string, found a number"},
    {"SignedUpdateFirmware", R"({"requestId":1,"firmware":"x"})", type_constraint_violation, "/firmware",
     "expected an object, found a string"},
    {"ReserveNow", R"({"connectorId":1,"expiryDate":17,"idTag":"a","reservationId":1})",
     type_constraint_violation, "/expiryDate", "expected a string, found a number"},
    {"UpdateFirmware", R"({"location":1,"retrieveDate":"2026-01-01T00:00:00Z"})", type_constraint_violation,
     "/location", "expected a string, found a number"},
    // Values.
    {"Reset", R"({"type":"hard"})", property_constraint_violation, "/type", "not one of Hard, Soft"},
    {"Reset", R"({"type":""})", property_constraint_violation, "/type", "not one of Hard, Soft"},
    {"Authorize", R"({"idTag":")" + repeated("x", 21) + "\"}", property_constraint_violation, "/idTag",
     "longer than 20 characters"},
    {"GetConfiguration", R"({"key":["a",")" + repeated("é", 51) + "\"]}", property_constraint_violation,
     "/key/1", "longer than 50 characters"},
    {"UnlockConnector", R"({"connectorId":9223372036854775808})", property_constraint_violation,
     "/connectorId", "larger than 9223372036854775807"},
    {"MeterValues", meter_values(R"({"value":"1","unit":"Hz"})"), property_constraint_violation,
     "/meterValue/0/sampledValue/1/unit",
     "not one of Wh, kWh, varh, kvarh, W, kW, VA, kVA, var, kvar, A, V, K, Celcius, Celsius, Fahrenheit, "
     "Percent"},
    {"UpdateFirmware", R"({"location":"not a uri","retrieveDate":"2026-01-01T00:00:00Z"})",
     property_constraint_violation, "/location", "not a URI"},
    {"UpdateFirmware", R"({"location":"ftp://x/y","retrieveDate":"2026-01-01T00:00:00"})",
     property_constraint_violation, "/retrieveDate",
     "\"2026-01-01T00:00:00\" is not an RFC 3339 date-time: no time zone"},
    {"UpdateFirmware", R"({"location":"ftp://x/y","retrieveDate":"soon"})", property_constraint_violation,
     "/retrieveDate", "\"soon\" is not an RFC 3339 date-time: the date is not YYYY-MM-DD"},
};

TEST(Strict, EachMistakeHasItsCodeAndPlace)
{
    JsonParser parser;
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.action) + " " + row.text);
        const auto payload = parser.parse(row.text);
        ASSERT_TRUE(payload);
        const auto checked = v16::validate_request(row.action, *payload, {});
        ASSERT_FALSE(checked);
        EXPECT_EQ(to_string(checked.error().code, OcppVersion::v1_6), to_string(row.code, OcppVersion::v1_6));
        EXPECT_EQ(checked.error().path, row.path);
        EXPECT_EQ(checked.error().message, row.message);
    }
}

TEST(Strict, ItemCountsAreChecked)
{
    const auto decoded = decode_text<v16::GetInstalledCertificateIdsResponse>(
        R"({"status":"Accepted","certificateHashData":[]})");
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, property_constraint_violation);
    EXPECT_EQ(decoded.error().path, "/certificateHashData");
    EXPECT_EQ(decoded.error().message, "fewer than 1 items");
}

TEST(Strict, LengthsCountCharactersNotBytes)
{
    for (const std::string_view character : {"x", "é", "漢", "😀", "\\\"", "\\u00e9", "\\ud83d\\ude00"}) {
        EXPECT_TRUE(decode_text<v16::AuthorizeRequest>("{\"idTag\":\"" + repeated(character, 20) + "\"}"))
            << character;
        EXPECT_FALSE(decode_text<v16::AuthorizeRequest>("{\"idTag\":\"" + repeated(character, 21) + "\"}"))
            << character;
    }
}

TEST(Strict, IntegersMayBeAsLargeAsStationsSendThem)
{
    const auto decoded =
        decode_text<v16::RemoteStopTransactionRequest>(R"({"transactionId":9223372036854775807})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->transaction_id, 9223372036854775807);
    EXPECT_EQ(encode(*decoded), R"({"transactionId":9223372036854775807})");
}

TEST(Strict, LimitsHaveOneFractionDigit)
{
    const auto period = [](std::string_view limit) {
        return decode_text<v16::ChargingSchedulePeriod>(R"({"startPeriod":0,"limit":)" + std::string(limit) +
                                                        "}");
    };
    for (const std::string_view limit :
         {"0", "16", "16.0", "16.1", "0.3", "-0.1", "1e2", "22000.7", "16.10"}) {
        EXPECT_TRUE(period(limit)) << limit;
    }
    for (const std::string_view limit : {"16.05", "0.30000001", "1e-2", "1e300"}) {
        const auto refused = period(limit);
        if (limit == "1e300") {
            EXPECT_TRUE(refused) << "a whole number, if not a sensible one";
            continue;
        }
        ASSERT_FALSE(refused) << limit;
        EXPECT_EQ(refused.error().code, property_constraint_violation);
        EXPECT_EQ(refused.error().path, "/limit");
    }
    EXPECT_EQ(encode(v16::ChargingSchedulePeriod{.limit = 16.1}), R"({"startPeriod":0,"limit":16.1})");
}

TEST(Strict, FieldsMayComeInAnyOrder)
{
    const auto decoded = decode_text<v16::StartTransactionRequest>(
        R"({"timestamp":"2026-01-01T01:00:00+01:00","meterStart":7,"idTag":"a","connectorId":1})");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(encode(*decoded),
              R"({"connectorId":1,"idTag":"a","meterStart":7,"timestamp":"2026-01-01T00:00:00.000Z"})");
}

}  // namespace
}  // namespace ladestrom::messages
