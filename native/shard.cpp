// The server's side of a shard: upstream's RPC server, held to its lease. It gets the devices and the bytes that were
// leased and no more, computes nothing that calls a function pointer of the sender, and never leaves half a file in its cache.
#include "vramesh.h"

#include "ggml-impl.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <sstream>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace vramesh {

namespace {

struct leased_device {
    ggml_backend_dev_t device = nullptr;
    size_t             limit  = 0;
    size_t             used   = 0;
};

// A tensor arrives in RAM as a whole, also when it is for a GPU. None is larger than this, whatever was leased.
constexpr size_t largest_tensor = size_t{ 4 } << 30;
// What its message carries beside its bytes.
constexpr size_t message_overhead = size_t{ 1 } << 20;

std::vector<leased_device> lease;
std::mutex                 accounts;
std::atomic<uint64_t>      cache_room{ 0 };

leased_device * account_of(ggml_backend_buffer_type_t type) {
    ggml_backend_dev_t device = ggml_backend_buft_get_device(type);
    for (auto & entry : lease) {
        // Buffers in RAM do not say whose they are.
        const bool in_ram = device == nullptr && ggml_backend_dev_type(entry.device) == GGML_BACKEND_DEVICE_TYPE_CPU;
        if (in_ram || entry.device == device) return &entry;
    }
    return nullptr;
}

std::vector<ggml_backend_dev_t> devices_of(bool gpus) {
    const auto count = reinterpret_cast<size_t (*)()>(loaded_function("ggml_backend_dev_count"));
    const auto get   = reinterpret_cast<ggml_backend_dev_t (*)(size_t)>(loaded_function("ggml_backend_dev_get"));
    std::vector<ggml_backend_dev_t> found;
    if (count == nullptr || get == nullptr) return found;
    for (size_t i = 0; i < count(); ++i) {
        const auto type   = ggml_backend_dev_type(get(i));
        const bool is_gpu = type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU;
        if (gpus ? is_gpu : type == GGML_BACKEND_DEVICE_TYPE_CPU) found.push_back(get(i));
    }
    return found;
}

/// "gpu:BYTES,gpu:BYTES,cpu:BYTES": the first, the second GPU that this process sees, and the CPU. False: one is not there.
bool read_lease(const char * text) {
    const auto         gpus = devices_of(true);
    const auto         cpus = devices_of(false);
    size_t             gpu  = 0;
    std::istringstream entries(text);
    for (std::string entry; std::getline(entries, entry, ',');) {
        const bool   is_gpu = entry.rfind("gpu:", 0) == 0;
        const size_t index  = is_gpu ? gpu++ : 0;
        const auto & kind   = is_gpu ? gpus : cpus;
        if (entry.size() < 5 || index >= kind.size()) return false;
        lease.push_back({ kind[index], std::strtoull(entry.c_str() + 4, nullptr, 10), 0 });
    }
    return !lease.empty();
}

bool calls_back(const ggml_tensor * node) {
    return node != nullptr && (node->op == GGML_OP_MAP_CUSTOM1 || node->op == GGML_OP_MAP_CUSTOM2 ||
                               node->op == GGML_OP_MAP_CUSTOM3 || node->op == GGML_OP_CUSTOM);
}

} // namespace

ggml_backend_buffer_t alloc_buffer(ggml_backend_buffer_type_t type, size_t size) {
    std::lock_guard<std::mutex> lock(accounts);
    leased_device * account = account_of(type);
    if (account == nullptr || size > account->limit - account->used) {
        GGML_LOG_ERROR("refused: %zu bytes asked for, %zu of %zu leased bytes are left\n", size,
                       account == nullptr ? 0 : account->limit - account->used, account == nullptr ? 0 : account->limit);
        return nullptr;
    }
    ggml_backend_buffer_t buffer = ggml_backend_buft_alloc_buffer(type, size);
    // A driver may round up beyond what is left: that much was leased for it.
    if (buffer != nullptr) account->used = std::min(account->limit, account->used + ggml_backend_buffer_get_size(buffer));
    return buffer;
}

void free_buffer(ggml_backend_buffer_t buffer) {
    std::lock_guard<std::mutex> lock(accounts);
    if (leased_device * account = account_of(ggml_backend_buffer_get_type(buffer)))
        account->used -= std::min(account->used, ggml_backend_buffer_get_size(buffer));
    ggml_backend_buffer_free(buffer);
}

ggml_status graph_compute(ggml_backend_t backend, ggml_cgraph * graph) {
    for (int i = 0; i < graph->n_nodes; ++i) {
        if (!calls_back(graph->nodes[i])) continue;
        GGML_LOG_ERROR("refused: the graph calls a function of its sender\n");
        return GGML_STATUS_FAILED;
    }
    use_thread_pool(backend);
    return ggml_backend_graph_compute(backend, graph);
}

cache_file::cache_file(const std::filesystem::path & path, std::ios_base::openmode mode)
    : path(path), part(path.string() + ".part"), stream(part, mode) {}

void cache_file::write(const char * data, size_t size) {
    uint64_t room = cache_room;
    while (size <= room && !cache_room.compare_exchange_weak(room, room - size)) {}
    if (size <= room) stream.write(data, static_cast<std::streamsize>(size));
    else stream.setstate(std::ios_base::failbit);
}

cache_file::~cache_file() {
    stream.close();
    std::error_code ignored;
    if (stream) std::filesystem::rename(part, path, ignored);
    if (!stream || ignored) std::filesystem::remove(part, ignored);
}

} // namespace vramesh

// For the shard server's JavaScript. All sizes in bytes.

extern "C" {

/// Takes the devices of a lease and listens at a socket. 0, -1: a device is not there, or the errno of the socket.
GGML_BACKEND_API int vramesh_listen(const char * socket, const char * devices, uint64_t cache_bytes) {
    if (!vramesh::read_lease(devices)) return -1;
    size_t largest = 0;
    for (const auto & entry : vramesh::lease) largest = std::max(largest, entry.limit);
    vramesh::limit_tensors(std::min(largest, vramesh::largest_tensor) + vramesh::message_overhead);
    vramesh::cache_room = cache_bytes;
    return vramesh::listen_at(socket);
}

/// Blocks until the coordinator hangs up.
GGML_BACKEND_API void vramesh_serve(const char * cache_folder, uint32_t threads) {
    std::vector<ggml_backend_dev_t> devices;
    for (const auto & entry : vramesh::lease) devices.push_back(entry.device);
    vramesh::serve("coordinator:0", cache_folder, threads, devices.size(), devices.data());
}

/// Bytes that are in use on the device at this position of the lease.
GGML_BACKEND_API uint64_t vramesh_used_bytes(uint32_t position) {
    std::lock_guard<std::mutex> lock(vramesh::accounts);
    return position < vramesh::lease.size() ? vramesh::lease[position].used : 0;
}

/// What both ends of a shard must agree on: made of every source that was compiled.
GGML_BACKEND_API const char * vramesh_build(void) { return VRAMESH_BUILD; }

} // extern "C"
