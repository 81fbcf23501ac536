#include "api/services.hpp"

namespace ladestrom::api {

void add_security_headers(transport::HttpResponse& response, bool html)
{
    // The dashboard's component library puts its theme into style elements; scripts come from files only.
    constexpr const char* page_policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'";
    response.headers.emplace_back("Content-Security-Policy",
                                  html ? page_policy : "default-src 'none'; frame-ancestors 'none'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

void Exchange::answer(transport::HttpResponse response)
{
    add_security_headers(response, false);
    response.headers.emplace_back("Cache-Control", "no-store");
    if (!is_audited()) return responder_.respond(std::move(response));
    store::AuditRow row = audit_row(response.status);
    services_.accounts.add_audit(
        std::move(row), [log = services_.log, responder = responder_,
                         response = std::move(response)](Result<store::AccountsOutcome> noted) mutable {
            // What has been done stays done: the answer says so all the same.
            if (!noted && log) log(transport::LogLevel::error, "audit log: " + noted.error().message);
            responder.respond(std::move(response));
        });
}

void Exchange::answer_json(std::string json, unsigned status)
{
    answer(transport::HttpResponse::json(std::move(json), status));
}

void Exchange::answer_nothing()
{
    transport::HttpResponse response;
    response.status = 204;
    answer(std::move(response));
}

void Exchange::answer_read_error(const store::ReadError& error)
{
    if (error.bad_cursor) return answer(invalid(error.message, "cursor"));
    if (services_.log) services_.log(transport::LogLevel::error, error.message);
    answer(store_failed());
}

// Who we do not know could fill the disk with it.
bool Exchange::is_audited() const
{
    return request_.method != "GET" && request_.method != "HEAD" && !login_.name.empty();
}

store::AuditRow Exchange::audit_row(unsigned status) const
{
    store::AuditRow row;
    row.at = services_.loop.wall();
    row.actor = login_.actor();
    row.address = request_.remote_address;
    row.action = request_.method + ' ' + transport::printable(request_.path, 300);
    row.status = static_cast<int>(status);
    row.detail = audit_detail_;
    return row;
}

}  // namespace ladestrom::api
