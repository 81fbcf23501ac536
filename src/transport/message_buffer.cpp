// Memory by the page for what may be inflated, by the message for the rest.
#include "transport/message_buffer.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <new>

namespace ladestrom::transport {

namespace asio = boost::asio;

namespace {

// A long message gets room as it comes, so that a frame head alone does not make us allocate its length.
constexpr std::size_t growth_bytes_min = 4 * 1024;

}  // namespace

void MessageBuffer::Unmap::operator()(char* pages) const
{
    ::munmap(pages, bytes);
}

void MessageBuffer::make_whole(std::size_t message_bytes_max)
{
    // One byte more than any message: never full before the limit has closed the connection.
    std::size_t const bytes = message_bytes_max + 1;
    void* const pages =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    whole_ = std::unique_ptr<char, Unmap>(static_cast<char*>(pages), Unmap{bytes});
}

asio::mutable_buffer MessageBuffer::room(std::size_t expected_bytes)
{
    if (whole_) return {whole_.get() + used_, whole_.get_deleter().bytes - used_};
    if (!is_long_) return asio::buffer(small_);
    std::size_t const bytes = std::min(expected_bytes, std::max(used_, growth_bytes_min));
    long_.resize(used_ + bytes);
    return asio::buffer(long_.data() + used_, bytes);
}

void MessageBuffer::add(std::size_t bytes)
{
    used_ += bytes;
}

void MessageBuffer::expect_more()
{
    if (whole_ || is_long_) return;
    is_long_ = true;
    long_.assign(small_.data(), used_);
}

std::string_view MessageBuffer::text() const
{
    if (whole_) return {whole_.get(), used_};
    return {is_long_ ? long_.data() : small_.data(), used_};
}

void MessageBuffer::clear()
{
    // The first page stays: most messages fill no other, and giving it back costs more than they do.
    static std::size_t const page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    if (whole_ && used_ > page_bytes) {
        ::madvise(whole_.get() + page_bytes, used_ - page_bytes, MADV_DONTNEED);
    }
    if (is_long_) long_ = {};
    is_long_ = false;
    used_ = 0;
}

}  // namespace ladestrom::transport
