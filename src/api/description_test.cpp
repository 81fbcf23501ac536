// The description and the program say the same: every route, every need of a login, no reference into
// nowhere.
#include "api/openapi.hpp"
#include "api/testing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

namespace ladestrom::api {
namespace {

struct Operation {
    std::string method, path, scope;
    bool operator<(const Operation& other) const
    {
        return std::tie(path, method, scope) < std::tie(other.path, other.method, other.scope);
    }
    bool operator==(const Operation&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Operation& one)
{
    return out << one.method << ' ' << one.path << " (" << one.scope << ')';
}

std::set<Operation> described(messages::JsonParser& parser)
{
    std::set<Operation> operations;
    auto document = parser.parse(openapi_json());
    EXPECT_TRUE(document);
    for (const auto& [path, methods] : (*document)["paths"].get_object()) {
        for (const auto& [method, operation] : methods.get_object()) {
            std::string upper(method);
            std::transform(upper.begin(), upper.end(), upper.begin(),
                           [](unsigned char c) { return std::toupper(c); });
            std::string_view scope;
            EXPECT_EQ(operation["x-scope"].get(scope), simdjson::SUCCESS) << path;
            operations.insert({upper, std::string(path), std::string(scope)});
        }
    }
    return operations;
}

std::string with_examples(std::string path)
{
    return std::regex_replace(path, std::regex("\\{[a-z]+\\}"), "thing");
}

using DescriptionTest = ServerTest;

TEST_F(DescriptionTest, EveryRouteIsDescribedAndEveryDescriptionIsARoute)
{
    messages::JsonParser parser;
    std::set<Operation> routed;
    for (const RouteInfo& route : route_table()) routed.insert({route.method, route.path, route.scope});
    EXPECT_EQ(routed, described(parser));
}

TEST_F(DescriptionTest, EveryOperationMayFindTheStoreFailing)
{
    messages::JsonParser parser;
    auto document = parser.parse(openapi_json());
    ASSERT_TRUE(document);
    for (const auto& [path, methods] : (*document)["paths"].get_object()) {
        for (const auto& [method, operation] : methods.get_object()) {
            EXPECT_EQ(operation["responses"]["503"].error(), simdjson::SUCCESS) << method << ' ' << path;
        }
    }
}

TEST_F(DescriptionTest, ReferencesLeadSomewhere)
{
    messages::JsonParser parser;
    auto document = parser.parse(openapi_json());
    ASSERT_TRUE(document);
    const auto schemas = (*document)["components"]["schemas"];
    const std::string text(openapi_json());
    const std::regex reference("\"#/components/schemas/([A-Za-z]+)\"");
    std::size_t found = 0;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), reference); at != std::sregex_iterator();
         ++at) {
        EXPECT_EQ(schemas[(*at)[1].str()].error(), simdjson::SUCCESS) << (*at)[1];
        ++found;
    }
    EXPECT_GT(found, 100U);
}

TEST_F(DescriptionTest, WithoutALoginEverythingAnswers401ButWhatNeedsNone)
{
    messages::JsonParser parser;
    std::size_t asked = 0;
    for (const Operation& operation : described(parser)) {
        const auto path = "/api/v1" + with_examples(operation.path);
        for (const HttpHeaders& headers :
             {HttpHeaders{}, HttpHeaders{{"X-Requested-With", "x"}},
              HttpHeaders{{"Authorization", "Bearer ldk_0123456789abcdef_x"}, {"X-Requested-With", "x"}},
              HttpHeaders{{"Cookie", "ladestrom_session=x"}, {"X-Requested-With", "x"}}}) {
            const auto reply = call({operation.method, path, headers, "{}"});
            if (operation.scope == "none") {
                EXPECT_NE(reply.status, 500U) << operation;
            } else {
                EXPECT_EQ(reply.status, 401U) << operation;
            }
            ++asked;
        }
    }
    EXPECT_GT(asked, 120U);
    EXPECT_EQ(call({"GET", "/api/v1/nothing", {}, ""}).status, 401U);
    EXPECT_EQ(call({"GET", "/api/v1/health", {}, ""}).status, 200U);
}

TEST_F(DescriptionTest, AScopeThatIsTooSmallAnswers403)
{
    const std::string reader = add_key(store::Scope::read);
    const std::string operate = add_key(store::Scope::operate);
    messages::JsonParser parser;
    for (const Operation& operation : described(parser)) {
        const auto path = with_examples(operation.path);
        if (operation.scope == "operate" || operation.scope == "admin") {
            EXPECT_EQ(ask_with_key(reader, operation.method, path, "{}").status, 403U) << operation;
        }
        if (operation.scope == "admin") {
            EXPECT_EQ(ask_with_key(operate, operation.method, path, "{}").status, 403U) << operation;
        }
    }
}

TEST_F(DescriptionTest, EveryWriteByCookieNeedsTheHeaderAgainstForeignPages)
{
    log_in();
    const std::string cookie = login_headers_[0].second;
    messages::JsonParser parser;
    for (const Operation& operation : described(parser)) {
        if (operation.method == "GET") continue;
        const auto path = "/api/v1" + with_examples(operation.path);
        const auto bare = call({operation.method, path, {{"Cookie", cookie}}, "{}"});
        EXPECT_EQ(bare.status, 403U) << operation;
        const auto foreign =
            call({operation.method,
                  path,
                  {{"Cookie", cookie}, {"X-Requested-With", "x"}, {"Origin", "http://evil.example"}},
                  "{}"});
        EXPECT_EQ(foreign.status, 403U) << operation;
    }
    EXPECT_EQ(ask("GET", "/me").status, 200U) << "the login is still there";
}

}  // namespace
}  // namespace ladestrom::api
