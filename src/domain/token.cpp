// Comparing tokens.
#include "domain/token.hpp"

#include "base/letter_case.hpp"

namespace ladestrom {

bool same_token(const IdToken& a, const IdToken& b)
{
    return same_ignoring_case(a.value, b.value);
}

}  // namespace ladestrom
