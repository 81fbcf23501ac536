// Tokens: who may charge.
#include "api/handlers.hpp"
#include "api/render.hpp"

namespace ladestrom::api {
namespace {

std::string token_of(const Exchange& exchange)
{
    return std::string(exchange.request().parameter("id"));
}

void answer_token(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.token(token_of(*exchange));
    if (exchange->refused(row)) return;
    if (!*row) return exchange->answer(not_found("There is no such token."));
    exchange->answer_json(render(**row));
}

}  // namespace

void list_tokens(const ExchangePointer& exchange)
{
    Query query(exchange->request());
    const store::TokenFilter filter{query.text("search", {0, 100}).value_or("")};
    const auto page = page_of(query);
    if (exchange->refused(query)) return;
    auto rows = exchange->services().reader.tokens(filter, page);
    if (exchange->refused(rows)) return;
    exchange->answer_json(render_page(rows->items, rows->next));
}

void get_token(const ExchangePointer& exchange)
{
    answer_token(exchange);
}

void put_token(const ExchangePointer& exchange)
{
    Body body(exchange->services().parser, exchange->request().body);
    store::TokenRow row;
    row.token.value = token_of(*exchange);
    row.token.type = body.choice<IdTokenType>("type").value_or(IdTokenType::iso14443);
    row.group = body.text("group", {0, 36}).value_or("");
    row.status = body.choice<AuthorizationStatus>("status").value_or(AuthorizationStatus::accepted);
    if (!body.is_null("valid_until")) row.valid_until = body.time("valid_until");
    row.concurrent_allowed = body.boolean("concurrent_allowed").value_or(false);
    row.note = body.text("note", {0, 500}).value_or("");
    // OCPP 2.1 IdTokenType: identifiers of 1 to 255 characters; 1.6 stations cannot send more than 20.
    if (row.token.value.empty() || row.token.value.size() > 255)
        body.fail_parameter("id", "has 1 to 255 bytes");
    if (exchange->refused(body)) return;
    exchange->services().core.command(csms::PutTokenCommand{0, std::move(row)},
                                      [exchange](const csms::CommandDone& done) {
                                          if (const auto problem = problem_of(done)) {
                                              return exchange->answer(*problem);
                                          }
                                          answer_token(exchange);
                                      });
}

void delete_token(const ExchangePointer& exchange)
{
    auto row = exchange->services().reader.token(token_of(*exchange));
    if (exchange->refused(row)) return;
    if (!*row) return exchange->answer(not_found("There is no such token."));
    exchange->services().core.command(csms::DeleteTokenCommand{0, token_of(*exchange)},
                                      [exchange](const csms::CommandDone& done) {
                                          if (const auto problem = problem_of(done)) {
                                              return exchange->answer(*problem);
                                          }
                                          exchange->answer_nothing();
                                      });
}

}  // namespace ladestrom::api
