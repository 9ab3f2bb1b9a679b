// For the bench alone: the same library with plain TCP in place of Unix sockets, which is how llama.cpp's own RPC is used.
// A "socket" is host:port here. Never shipped: whoever reaches such a port owns the process behind it.
#include "vramesh.h"

#include "transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>

static std::map<std::string, std::string> paths;
static int                                listening = -1;

static sockaddr_in address_of(const std::string & path) {
    sockaddr_in address = {};
    const auto  colon   = path.find(':');
    address.sin_family  = AF_INET;
    address.sin_port    = htons(static_cast<uint16_t>(std::atoi(path.c_str() + colon + 1)));
    inet_pton(AF_INET, path.substr(0, colon).c_str(), &address.sin_addr);
    return address;
}

struct socket_t::impl {
    explicit impl(int fd) : fd(fd) {
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    ~impl() {
        if (fd >= 0) ::close(fd);
    }
    int fd;
};

socket_t::socket_t(std::unique_ptr<impl> p) : pimpl(std::move(p)) {}
socket_t::~socket_t() = default;

bool socket_t::send_data(const void * data, size_t size) {
    for (const char * next = static_cast<const char *>(data); size > 0;) {
        const ssize_t sent = ::send(pimpl->fd, next, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        next += sent;
        size -= static_cast<size_t>(sent);
    }
    return true;
}

bool socket_t::recv_data(void * data, size_t size) {
    for (char * next = static_cast<char *>(data); size > 0;) {
        const ssize_t received = ::recv(pimpl->fd, next, size, 0);
        if (received <= 0) return false;
        next += received;
        size -= static_cast<size_t>(received);
    }
    return true;
}

bool socket_t::flush() { return true; }
void socket_t::get_caps(uint8_t * caps) { std::memset(caps, 0, RPC_CONN_CAPS_SIZE); }
void socket_t::update_caps(const uint8_t *) {}

socket_ptr socket_t::accept() {
    if (listening < 0) return nullptr;
    const int fd = ::accept(listening, nullptr, nullptr);
    ::close(listening);
    listening = -1;
    return fd < 0 ? nullptr : socket_ptr(new socket_t(std::make_unique<impl>(fd)));
}

socket_ptr socket_t::create_server(const char *, int) { return socket_ptr(new socket_t(std::make_unique<impl>(-1))); }

socket_ptr socket_t::connect(const char * name, int) {
    const sockaddr_in address = address_of(paths[name]);
    auto              made    = std::make_unique<impl>(::socket(AF_INET, SOCK_STREAM, 0));
    if (::connect(made->fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) return nullptr;
    return socket_ptr(new socket_t(std::move(made)));
}

bool rpc_transport_init() { return true; }
void rpc_transport_shutdown() {}

namespace vramesh {

void set_socket_path(const std::string & name, const std::string & path) { paths[name] = path; }
void limit_tensors(size_t) {}

int listen_at(const std::string & path) {
    const sockaddr_in address = address_of(path);
    listening                 = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool bound          = ::bind(listening, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    return bound && ::listen(listening, 1) == 0 ? 0 : errno;
}

} // namespace vramesh
