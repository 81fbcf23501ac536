// Percent-decoding by Boost.URL.
#include "transport/percent.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

namespace ladestrom::transport {

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space)
{
    auto const encoded = boost::urls::make_pct_string_view({text.data(), text.size()});
    if (!encoded) return std::nullopt;
    boost::urls::encoding_opts options;
    options.space_as_plus = plus_is_space;
    return encoded->decode(options);
}

}  // namespace ladestrom::transport
