// Result: an expected failure is a value. Exceptions stay at start-up and in adapters.
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <utility>

namespace ladestrom {

// What went wrong, in one sentence a person can act on: the place first, then the fix.
struct Error {
    std::string message;
};

template <class T, class E = Error>
using Result = boost::system::result<T, E>;

[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location& /*where*/)
{
    throw std::runtime_error(error.message);
}

}  // namespace ladestrom
