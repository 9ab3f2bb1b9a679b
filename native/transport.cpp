// Upstream's transport interface over Unix sockets: nothing that this library does listens on a network. Only processes
// of the same user reach a socket, because its folder is theirs alone.
#include "vramesh.h"

#include "ggml-rpc.h"
#include "transport.h"

#include <cerrno>
#include <cstring>
#include <map>

#ifdef _WIN32
#    include <winsock2.h>
// after winsock2.h
#    include <afunix.h>
using descriptor = SOCKET;
static const descriptor none = INVALID_SOCKET;
static void close_descriptor(descriptor fd) { ::closesocket(fd); }
static void remove_file(const char * path) { ::DeleteFileA(path); }
static int last_error() { return WSAGetLastError(); }
static bool interrupted() { return false; }
static constexpr int no_signal = 0;
#else
#    include <sys/socket.h>
#    include <sys/time.h>
#    include <sys/un.h>
#    include <unistd.h>
using descriptor = int;
static const descriptor none = -1;
static void close_descriptor(descriptor fd) { ::close(fd); }
static void remove_file(const char * path) { ::unlink(path); }
static int last_error() { return errno; }
static bool interrupted() { return errno == EINTR; }
#    ifdef MSG_NOSIGNAL
static constexpr int no_signal = MSG_NOSIGNAL;
#    else
static constexpr int no_signal = 0;
#    endif
#endif

namespace {

// s that a message may stand still once it has begun. Between messages, and while the other side computes, nobody knows
// how long is too long: there the host watches.
constexpr int stall_seconds = 60;
// The length of a message comes first, in 8 bytes, after its command in one.
constexpr size_t command_size = 1;
constexpr size_t length_size  = 8;
// The one command whose message may be large, as upstream numbers it. The largest of the others is a graph: 300 bytes a
// tensor, of which large models have some ten thousand.
constexpr uint8_t set_tensor     = 6;
constexpr size_t  largest_other  = size_t{ 16 } << 20;
static_assert(RPC_PROTO_MAJOR_VERSION == 7, "is SET_TENSOR still the sixth command?");

std::map<std::string, std::string> & paths() {
    static std::map<std::string, std::string> all;
    return all;
}

descriptor listening = none;
size_t     largest_tensor = SIZE_MAX;

bool address_of(const std::string & path, sockaddr_un & address) {
    std::memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return true;
}

void limit_time(descriptor fd, int option, int seconds) {
#ifdef _WIN32
    const DWORD limit = static_cast<DWORD>(seconds) * 1000;
#else
    const timeval limit = { seconds, 0 };
#endif
    ::setsockopt(fd, SOL_SOCKET, option, reinterpret_cast<const char *>(&limit), sizeof limit);
}

} // namespace

struct socket_t::impl {
    impl(descriptor fd, bool serves) : fd(fd), serves(serves) { limit_time(fd, SO_SNDTIMEO, stall_seconds); }
    impl(const impl &) = delete;
    impl & operator=(const impl &) = delete;
    ~impl() {
        if (fd != none) close_descriptor(fd);
    }

    const descriptor fd;
    const bool       serves;
    // What a server was asked for last: the length after a command is checked before anything is made room for.
    size_t  last_read = 0;
    uint8_t command   = 0;
    bool    patient   = true;
};

socket_t::socket_t(std::unique_ptr<impl> p) : pimpl(std::move(p)) {}
socket_t::~socket_t() = default;

bool socket_t::send_data(const void * data, size_t size) {
    const char * next = static_cast<const char *>(data);
    while (size > 0) {
        const auto sent = ::send(pimpl->fd, next, size, no_signal);
        if (sent < 0 && interrupted()) continue;
        if (sent <= 0) return false;
        next += sent;
        size -= static_cast<size_t>(sent);
    }
    return true;
}

bool socket_t::recv_data(void * data, size_t size) {
    const bool is_command = pimpl->serves && size == command_size;
    if (pimpl->serves && is_command != pimpl->patient) {
        pimpl->patient = is_command;
        limit_time(pimpl->fd, SO_RCVTIMEO, is_command ? 0 : stall_seconds);
    }
    char * next = static_cast<char *>(data);
    size_t left = size;
    while (left > 0) {
        const auto received = ::recv(pimpl->fd, next, left, 0);
        if (received < 0 && interrupted()) continue;
        if (received <= 0) return false;
        next += received;
        left -= static_cast<size_t>(received);
    }
    const bool is_length = pimpl->serves && size == length_size && pimpl->last_read == command_size;
    pimpl->last_read = size;
    if (is_command) std::memcpy(&pimpl->command, data, command_size);
    if (!is_length) return true;
    uint64_t announced;
    std::memcpy(&announced, data, sizeof announced);
    return announced <= (pimpl->command == set_tensor ? largest_tensor : largest_other);
}

bool socket_t::flush() { return true; }

void socket_t::get_caps(uint8_t * caps) { std::memset(caps, 0, RPC_CONN_CAPS_SIZE); }

void socket_t::update_caps(const uint8_t *) {}

/// Once: whoever comes first is the coordinator, and when it hangs up the server has done its work.
socket_ptr socket_t::accept() {
    if (listening == none) return nullptr;
    const descriptor fd = ::accept(listening, nullptr, nullptr);
    close_descriptor(listening);
    listening = none;
    return fd == none ? nullptr : socket_ptr(new socket_t(std::make_unique<impl>(fd, true)));
}

socket_ptr socket_t::create_server(const char *, int) {
    // Accepting is all that it does, and the socket for that is bound already.
    return listening == none ? nullptr : socket_ptr(new socket_t(std::make_unique<impl>(none, true)));
}

socket_ptr socket_t::connect(const char * name, int) {
    sockaddr_un address;
    if (!address_of(paths()[name], address)) return nullptr;
    const descriptor fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd == none) return nullptr;
    auto made = std::make_unique<impl>(fd, false);
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) return nullptr;
    return socket_ptr(new socket_t(std::move(made)));
}

bool rpc_transport_init() {
#ifdef _WIN32
    WSADATA data;
    return ::WSAStartup(MAKEWORD(2, 2), &data) == 0;
#else
    return true;
#endif
}

void rpc_transport_shutdown() {}

namespace vramesh {

void set_socket_path(const std::string & name, const std::string & path) { paths()[name] = path; }

void limit_tensors(size_t bytes) { largest_tensor = bytes; }

int listen_at(const std::string & path) {
    sockaddr_un address;
    if (!address_of(path, address)) return ENAMETOOLONG;
    if (!rpc_transport_init()) return EIO;
    const descriptor fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd == none) return last_error();
    remove_file(path.c_str());
    if (::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || ::listen(fd, 1) != 0) {
        const int error = last_error();
        close_descriptor(fd);
        return error;
    }
    listening = fd;
    return 0;
}

} // namespace vramesh
