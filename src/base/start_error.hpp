// Why a program cannot start, and what it tells whoever started it.
#pragma once

#include "base/exit_code.hpp"
#include "base/result.hpp"

namespace ladestrom {

struct StartError : Error {
    ExitCode exit_code = ExitCode::failed;
};

template <class T>
using StartResult = Result<T, StartError>;

}  // namespace ladestrom
