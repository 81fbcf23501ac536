// What the programs tell whoever started them.
#pragma once

namespace ladestrom {

enum class ExitCode : int {
    ok = 0,
    failed = 1,
    usage = 2,          // the command line makes no sense
    configuration = 3,  // a setting is wrong
    cannot_listen = 4,  // address in use, or not ours
    store = 5,          // database or journal locked, damaged or not writable
    certificate = 6,    // certificate, key or their file unusable
};

constexpr int to_int(ExitCode code)
{
    return static_cast<int>(code);
}

}  // namespace ladestrom
