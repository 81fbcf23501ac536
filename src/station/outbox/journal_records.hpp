// Facts and sessions as journal records, there and back. A value that cannot be read gives none.
#pragma once

#include "messages/journal.hpp"
#include "station/outbox/fact.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ladestrom::station {

inline constexpr std::string_view fact_prefix = "fact/";
inline constexpr std::string_view dead_prefix = "dead/";
inline constexpr std::string_view session_prefix = "session/";
inline constexpr std::string_view sample_prefix = "sample/";

journal::Token token_record(const IdToken& token);
IdToken token_from(const journal::Token& record);

std::string encode_fact(const Fact& fact);
std::string encode_session(const Session& session);
std::string encode_samples(const SampleSet& samples);
std::string encode_dead_letter(const DeadLetter& letter);

std::optional<Fact> decode_fact(Serial serial, std::string_view text);
std::optional<Session> decode_session(Serial serial, std::string_view text);
std::optional<DeadLetter> decode_dead_letter(Serial serial, std::string_view text);
std::optional<SampleSet> decode_samples(std::string_view text);

// Any record type of protocol/journal.
template <class T>
std::optional<T> decode_record(std::string_view text);

// The serial after the prefix of a record's key.
std::optional<Serial> serial_of_key(std::string_view key, std::string_view prefix);

}  // namespace ladestrom::station
