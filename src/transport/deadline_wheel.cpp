// A slot holds what is due in one slot_width, modulo the wheel's length. An entry found before its time (the
// deadline moved to later, or lies more than one turn ahead) is put back.
#include "transport/deadline_wheel.hpp"

#include <algorithm>

namespace ladestrom::transport {

namespace {

// Rounded up, so that nothing fires early.
std::int64_t slot_number(Tick at)
{
    auto const width = DeadlineWheel::slot_width.count();
    return (std::max<std::int64_t>(at.time_since_epoch().count(), 0) + width - 1) / width;
}

}  // namespace

DeadlineEntry::~DeadlineEntry()
{
    if (wheel_) wheel_->remove(*this);
}

std::optional<Tick> DeadlineEntry::deadline() const
{
    if (!wheel_) return std::nullopt;
    return at_;
}

DeadlineWheel::DeadlineWheel(std::function<void(Tick)> wake_changed) : wake_changed_(std::move(wake_changed))
{
}

DeadlineWheel::~DeadlineWheel()
{
    for (DeadlineEntry*& head : slots_) {
        while (head) unlink(*head);
    }
}

void DeadlineWheel::set(DeadlineEntry& entry, Tick at)
{
    if (entry.wheel_ == this && at >= entry.at_) {
        entry.at_ = at;
        return;
    }
    if (entry.wheel_) entry.wheel_->remove(entry);
    entry.at_ = at;
    link(entry);
}

void DeadlineWheel::remove(DeadlineEntry& entry)
{
    if (entry.wheel_ == this) unlink(entry);
}

void DeadlineWheel::link(DeadlineEntry& entry)
{
    std::int64_t const number = std::max(slot_number(entry.at_), cursor_ + 1);
    DeadlineEntry*& head = slots_[static_cast<std::size_t>(number) % slot_count];
    entry.wheel_ = this;
    entry.next_ = head;
    entry.link_ = &head;
    if (head) head->link_ = &entry.next_;
    head = &entry;
    ++entries_;

    Tick const wake{slot_width * number};
    if (!wake_ || wake < *wake_) {
        wake_ = wake;
        if (wake_changed_) wake_changed_(wake);
    }
}

void DeadlineWheel::unlink(DeadlineEntry& entry)
{
    *entry.link_ = entry.next_;
    if (entry.next_) entry.next_->link_ = entry.link_;
    entry.next_ = nullptr;
    entry.link_ = nullptr;
    entry.wheel_ = nullptr;
    --entries_;
}

void DeadlineWheel::visit(std::size_t slot, Tick now)
{
    // The slot's list moves to a local head: callbacks may remove any entry of it and add to any slot.
    DeadlineEntry* due = slots_[slot];
    slots_[slot] = nullptr;
    if (due) due->link_ = &due;
    while (due) {
        DeadlineEntry& entry = *due;
        unlink(entry);
        if (entry.at_ <= now) {
            entry.on_deadline(now);
        } else {
            link(entry);
        }
    }
}

void DeadlineWheel::advance(Tick now)
{
    std::int64_t const first = cursor_ + 1;
    std::int64_t const last = now.time_since_epoch().count() / slot_width.count();
    if (last >= first) {
        cursor_ = last;
        std::int64_t const visits = std::min<std::int64_t>(last - first + 1, slot_count);
        for (std::int64_t i = 0; i < visits; ++i)
            visit(static_cast<std::size_t>(first + i) % slot_count, now);
    }
    wake_.reset();
    if (entries_ == 0) return;
    for (std::int64_t number = cursor_ + 1; number <= cursor_ + std::int64_t{slot_count}; ++number) {
        if (slots_[static_cast<std::size_t>(number) % slot_count]) {
            wake_ = Tick{slot_width * number};
            return;
        }
    }
}

std::optional<Tick> DeadlineWheel::next_wake() const
{
    return wake_;
}

}  // namespace ladestrom::transport
