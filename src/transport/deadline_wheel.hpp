// Timeouts of many connections without a timer for each: a hashed wheel of intrusive lists.
// Setting, moving and removing a deadline cost no allocation. Deadlines fire up to one slot late, never
// early.
#pragma once

#include "base/time.hpp"

#include <array>
#include <functional>
#include <optional>

namespace ladestrom::transport {

class DeadlineWheel;

// Something with one deadline at a time. It leaves the wheel when it is destroyed.
class DeadlineEntry {
public:
    DeadlineEntry() = default;
    DeadlineEntry(const DeadlineEntry&) = delete;
    DeadlineEntry& operator=(const DeadlineEntry&) = delete;
    std::optional<Tick> deadline() const;

protected:
    virtual ~DeadlineEntry();

private:
    friend class DeadlineWheel;
    // The entry is no longer in the wheel; it may set itself again, and may destroy itself or others.
    virtual void on_deadline(Tick now) = 0;

    DeadlineWheel* wheel_ = nullptr;
    DeadlineEntry* next_ = nullptr;
    DeadlineEntry** link_ = nullptr;  // what points at this entry; null: in no list
    Tick at_{};
};

class DeadlineWheel {
public:
    static constexpr Duration slot_width{100};

    // `wake_changed` hears when next_wake() has become earlier than it was.
    explicit DeadlineWheel(std::function<void(Tick)> wake_changed = {});
    ~DeadlineWheel();
    DeadlineWheel(const DeadlineWheel&) = delete;
    DeadlineWheel& operator=(const DeadlineWheel&) = delete;

    // Replaces the entry's deadline. Moving a deadline to later is lazy: the entry stays in its slot.
    void set(DeadlineEntry& entry, Tick at);
    void remove(DeadlineEntry& entry);

    // Calls on_deadline of everything due.
    void advance(Tick now);
    // When to call advance() again; nullopt: nothing is set.
    std::optional<Tick> next_wake() const;

private:
    static constexpr std::size_t slot_count = 1024;

    void link(DeadlineEntry& entry);
    void unlink(DeadlineEntry& entry);
    void visit(std::size_t slot, Tick now);

    std::function<void(Tick)> wake_changed_;
    std::array<DeadlineEntry*, slot_count> slots_{};
    std::size_t entries_ = 0;
    std::int64_t cursor_ = -1;  // number (not index) of the last slot visited
    std::optional<Tick> wake_;
};

}  // namespace ladestrom::transport
