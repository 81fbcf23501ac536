// Comparing tokens.
#include "domain/token.hpp"

#include <algorithm>

namespace ladestrom {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_token(const IdToken& a, const IdToken& b)
{
    return std::equal(a.value.begin(), a.value.end(), b.value.begin(), b.value.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace ladestrom
