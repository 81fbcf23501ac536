// Reads the JSON object of a request field by field. The first thing that is wrong is kept, with the name of
// the field and what is expected; fields that nobody asked for are wrong too.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::local {

class RequestBody {
public:
    // An empty text is an object without fields.
    explicit RequestBody(std::string_view text);
    ~RequestBody();
    RequestBody(const RequestBody&) = delete;
    RequestBody& operator=(const RequestBody&) = delete;

    // nullopt: the field is absent, or wrong.
    std::optional<double> number(std::string_view name, double minimum, double maximum);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t minimum, std::int64_t maximum);
    std::optional<bool> boolean(std::string_view name);
    // Characters are counted, not bytes.
    std::optional<std::string> text(std::string_view name, std::size_t minimum, std::size_t maximum);
    std::optional<Instant> time(std::string_view name);
    // True when the field is there and null; it then counts as asked for.
    bool is_null(std::string_view name);

    // What the request cannot do without.
    void require(std::string_view name, std::string_view expectation);
    void fail(std::string_view name, std::string_view expectation);

    // Asked last: the first thing that was wrong.
    Result<void> finish();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace ladestrom::local
