// SQLite's file format, sections 1.5 and 2.1: a row is a cell of a leaf page, its payload continued on
// overflow pages. No pointer of a page is trusted: every byte may be where a cell begins, and the checksum
// tells.
#include "store/sqlite/journal_salvage.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

namespace ladestrom::store {
namespace {

using std::size_t;

std::uint64_t big_endian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

// Takes a varint off the front; nullopt: there is none.
std::optional<std::uint64_t> take_varint(std::string_view& bytes)
{
    std::uint64_t value = 0;
    for (size_t i = 0; i < 9 && i < bytes.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        if (i == 8) {
            bytes.remove_prefix(9);
            return value << 8 | byte;
        }
        value = value << 7 | (byte & 0x7FU);
        if (byte < 0x80) {
            bytes.remove_prefix(i + 1);
            return value;
        }
    }
    return std::nullopt;
}

size_t integer_bytes(std::uint64_t serial_type)
{
    constexpr std::array<size_t, 7> sizes{0, 1, 2, 3, 4, 6, 8};
    return serial_type < sizes.size() ? sizes[serial_type] : 0;
}

// The rest of a payload, from the overflow page on.
bool append_overflow(std::string_view image, size_t page_bytes, std::uint64_t page, size_t length,
                     std::string& payload)
{
    while (payload.size() < length) {
        if (page < 2 || page * page_bytes > image.size()) return false;
        const std::string_view bytes = image.substr((page - 1) * page_bytes, page_bytes);
        payload += bytes.substr(4, std::min(page_bytes - 4, length - payload.size()));
        page = big_endian(bytes.substr(0, 4));
    }
    return true;
}

std::optional<std::string> payload_at(std::string_view image, size_t page_bytes, std::string_view cell)
{
    const auto length = take_varint(cell);
    // A key, a value of at most 1 MiB, and what SQLite says of them.
    if (!length || *length < 6 || *length > 1024 * 1024 + 300) return std::nullopt;
    if (!take_varint(cell)) return std::nullopt;  // the row's number
    const size_t most = page_bytes - 35;
    size_t local = *length;
    if (*length > most) {
        const size_t least = (page_bytes - 12) * 32 / 255 - 23;
        local = least + (*length - least) % (page_bytes - 4);
        if (local > most) local = least;
    }
    if (cell.size() < local + (local < *length ? 4 : 0)) return std::nullopt;
    std::string payload(cell.substr(0, local));
    if (local < *length &&
        !append_overflow(image, page_bytes, big_endian(cell.substr(local, 4)), *length, payload)) {
        return std::nullopt;
    }
    return payload;
}

// A payload that is a row of `records` and whose checksum fits.
std::optional<Record> record_of(std::string_view payload)
{
    std::string_view header = payload;
    const auto header_bytes = take_varint(header);
    if (!header_bytes || *header_bytes < 4 || *header_bytes > payload.size()) return std::nullopt;
    const auto key = take_varint(header);
    const auto value = take_varint(header);
    const auto checksum = take_varint(header);
    if (!key || !value || !checksum || payload.size() - header.size() != *header_bytes) return std::nullopt;
    // Text, blob, integer.
    if (*key < 13 || *key % 2 == 0 || *value < 12 || *value % 2 == 1) return std::nullopt;
    const std::uint64_t key_bytes = (*key - 13) / 2;
    const std::uint64_t value_bytes = (*value - 12) / 2;
    const size_t checksum_bytes = integer_bytes(*checksum);
    if (key_bytes + value_bytes + checksum_bytes != header.size()) return std::nullopt;
    Record record{std::string(header.substr(0, key_bytes)),
                  std::string(header.substr(key_bytes, value_bytes))};
    std::uint64_t stored = big_endian(header.substr(key_bytes + value_bytes));
    if (*checksum == 9) stored = 1;
    if (stored != static_cast<std::uint64_t>(journal_checksum(record.key, *record.value)))
        return std::nullopt;
    return record;
}

// A cell can only begin where these few bytes are plausible; it saves most of the work.
bool may_begin_cell(std::string_view bytes)
{
    return bytes.size() > 8 && bytes[0] != 0;
}

}  // namespace

std::int64_t journal_checksum(std::string_view key, std::string_view value)
{
    boost::crc_32_type crc;
    crc.process_bytes(key.data(), key.size());
    crc.process_byte(0);
    crc.process_bytes(value.data(), value.size());
    return crc.checksum();
}

Batch salvage_records(std::string_view image)
{
    constexpr size_t page_bytes = 4096;
    std::map<std::string, Record> found;
    for (size_t page = 1; (page + 1) * page_bytes <= image.size(); ++page) {
        const std::string_view bytes = image.substr(page * page_bytes, page_bytes);
        for (size_t at = 8; at < page_bytes; ++at) {
            if (!may_begin_cell(bytes.substr(at))) continue;
            const auto payload = payload_at(image, page_bytes, bytes.substr(at));
            if (!payload) continue;
            if (auto record = record_of(*payload)) found.try_emplace(record->key, *record);
        }
    }
    Batch records;
    for (auto& [key, record] : found) records.push_back(std::move(record));
    return records;
}

}  // namespace ladestrom::store
