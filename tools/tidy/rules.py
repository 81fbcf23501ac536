"""The house rules that a program can check, as data."""

# What each library may include, by the first folders of its headers. Its own folder is always allowed; "std" rules
# are below. A folder of a library that is a port is allowed alone where only the port is meant.
PORTS = ["store/journal.hpp", "store/ledger.hpp", "store/ledger_reader.hpp", "hardware/port.hpp"]
# What the HTTP servers need of the transport besides transport/http: the loop they run on, where they listen.
LOOP = ["transport/event_loop.hpp", "transport/listener.hpp", "transport/log.hpp"]
INCLUDES = {
    "base": [],
    "messages": ["base"],
    "rpc": ["base", "messages"],
    "domain": ["base"],
    "domain/dialect": ["base", "domain", "messages"],
    "station": ["base", "messages", "rpc", "domain", *PORTS],
    "csms": ["base", "messages", "rpc", "domain", *PORTS],
    "hardware": ["base", "domain"],
    "store": ["base", "domain"],
    "crypto": ["base", "csms/password_hasher.hpp"],
    "config": ["base", "domain"],
    "transport": ["base", "rpc"],
    "local": ["base", "messages", "domain", "station", "hardware", "store", *LOOP, "transport/http"],
    "api": ["base", "messages", "domain", "csms", "crypto", "store", *LOOP, "transport/http"],
}

# Cores do no I/O and read no clock.
CORES = ["base", "messages", "rpc", "domain", "station", "csms"]
FORBIDDEN_IN_CORES = [
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "filesystem", "fstream", "iostream", "random",
    "ctime", "time.h", "unistd.h", "sys/", "netinet/", "boost/asio", "boost/beast", "openssl/", "sqlite3.h", "curl/",
]
CLOCKS = (r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b|\bclock_gettime\b|\bgettimeofday\b"
          r"|\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\bstd::random_device\b|\brand\s*\(\s*\)")

# Third-party headers and the only folders that may include them.
CONFINED = {
    "simdjson.h": ["messages"],
    "boost/asio": ["transport"],
    "boost/beast": ["transport"],
    "openssl/": ["transport", "crypto"],
    "sqlite3.h": ["store/sqlite"],
    "argon2.h": ["crypto"],
    "toml++/": ["config"],
    "CLI/": ["config"],
}

# A dialect maps words: it keeps nothing and reaches no store or queue.
DIALECTS = ["domain/dialect", "station/dialect", "csms/dialect"]
FORBIDDEN_IN_DIALECTS = ["store/", "station/outbox", "station/calls/conversation", "csms/shard", "csms/commands"]

MAX_LINES = 500
# Longer files, each with its reason.
LONG_FILES: dict[str, str] = {}

# What a precompiled header (cmake/Precompiled.cmake) would let a file use without an include of its own.
PRECOMPILED = {
    "algorithm": r"std::(ranges::(find|find_if|any_of|all_of|none_of|count|count_if|sort|equal|transform|replace|min_element"
                 r"|max_element|lower_bound|upper_bound|is_sorted|remove_if|copy)|min|max|clamp|sort|find_if|any_of|all_of)\b",
    "array": r"std::array\b",
    "charconv": r"std::(from|to)_chars\b",
    "chrono": r"std::chrono\b",
    "deque": r"std::deque\b",
    "filesystem": r"std::filesystem\b",
    "fmt/format.h": r"fmt::(format|format_to|print)\b",
    "functional": r"std::function\b",
    "map": r"std::(multi)?map\b",
    "memory": r"std::((unique|shared|weak)_ptr|make_(unique|shared)|enable_shared_from_this)\b",
    "optional": r"std::(optional|nullopt)\b",
    "set": r"std::(multi)?set\b",
    "span": r"std::span\b",
    "string": r"std::(string|to_string)\b",
    "string_view": r"std::string_view\b",
    "unordered_map": r"std::unordered_map\b",
    "variant": r"std::(variant|visit|get_if|holds_alternative|monostate)\b",
    "vector": r"std::vector\b",
}

MARKS = r"\b(TODO|FIXME|XXX|HACK)\b"
