// How many files and sockets the process may hold. Debian gives a program 1024 unless it asks for more, which
// fewer than 1024 stations use up.
#pragma once

#include <cstdint>

namespace ladestrom::transport {

struct DescriptorLimit {
    std::uint64_t before = 0;
    std::uint64_t now = 0;
};

// Asks for as many as the process may have without privileges: the soft limit becomes the hard one, up
// to a million. What cannot be raised stays. Process-wide.
DescriptorLimit raise_descriptor_limit();

}  // namespace ladestrom::transport
